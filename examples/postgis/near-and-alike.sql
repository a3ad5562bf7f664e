-- The k objects with the highest score μ · exp(−distance / scale) + (1 − μ) · cosine, exactly, best first, equal scores by id.
--
-- Two index streams, the nearest first and the most alike first, are read in turn (the threshold algorithm: R. Fagin, A. Lotem, M. Naor,
-- Optimal aggregation algorithms for middleware, JCSS 2003). An object that neither has brought yet scores at most what the two last ones
-- would score together; once the k-th best score is above that, no other object can be among the k.
--
--   CREATE TABLE objects (id bigint PRIMARY KEY, place geography(Point), meaning cube);   -- meaning: unit vectors, at most 100 dimensions
--   CREATE INDEX ON objects USING gist (place);
--   CREATE INDEX ON objects USING gist (meaning);
--   SELECT * FROM near_and_alike('POINT(13.74 51.05)', cube(ARRAY[.6, .8]), 10, .5, 2000);

-- exp() of less than about −745 is an error in PostgreSQL (value out of range: underflow), not 0.
CREATE FUNCTION nearness(meters float8, scale_meters float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN exp(greatest(-meters / scale_meters, -700));

-- Of two unit vectors, by their Euclidean distance: |a − b|² = 2 − 2 cos.
CREATE FUNCTION likeness(distance float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1 - distance * distance / 2;

CREATE FUNCTION near_and_alike(
  here geography, wanted cube, k int, mu float8, scale_meters float8,
  OUT id bigint, OUT score float8, OUT distance_meters float8, OUT similarity float8, OUT rows_read int
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
-- Both streams must come from the indexes, in their order, however small the table is.
SET enable_seqscan = off SET enable_sort = off SET cursor_tuple_fraction = 0.001
AS $$
DECLARE
  nearest NO SCROLL CURSOR FOR
    SELECT o.id, o.place <-> here AS meters, o.meaning <-> wanted AS apart FROM objects o ORDER BY o.place <-> here;
  alike NO SCROLL CURSOR FOR
    SELECT o.id, o.place <-> here AS meters, o.meaning <-> wanted AS apart FROM objects o ORDER BY o.meaning <-> wanted;
  got record;
  ids bigint[] := '{}';
  scores float8[] := '{}';
  meters float8[] := '{}';
  aparts float8[] := '{}';
  best_near float8 := mu;        -- what an object that `nearest` has not brought yet can have of its first term
  best_alike float8 := 1 - mu;   -- and what `alike` leaves for the second
  this_score float8;
  at int;
  read int := 0;
BEGIN
  IF k IS NULL OR k < 1 THEN RAISE EXCEPTION 'near_and_alike: k must be at least 1, got %', k; END IF;
  IF mu IS NULL OR NOT mu BETWEEN 0 AND 1 THEN RAISE EXCEPTION 'near_and_alike: mu must be between 0 and 1, got %', mu; END IF;
  IF scale_meters IS NULL OR NOT scale_meters > 0 THEN
    RAISE EXCEPTION 'near_and_alike: scale_meters must be above 0, got %', scale_meters;
  END IF;
  IF here IS NULL OR wanted IS NULL THEN RAISE EXCEPTION 'near_and_alike: here and wanted must not be null'; END IF;
  OPEN nearest;
  OPEN alike;
  LOOP
    IF read % 2 = 0 THEN
      FETCH nearest INTO got;
      IF NOT FOUND THEN EXIT; END IF;
      best_near := mu * nearness(got.meters, scale_meters);
    ELSE
      FETCH alike INTO got;
      IF NOT FOUND THEN EXIT; END IF;
      best_alike := (1 - mu) * likeness(got.apart);
    END IF;
    read := read + 1;
    this_score := mu * nearness(got.meters, scale_meters) + (1 - mu) * likeness(got.apart);
    -- An object that came from the other stream before is there already, or is worse than all that are.
    IF (cardinality(ids) < k OR this_score > scores[k] OR (this_score = scores[k] AND got.id < ids[k]))
       AND NOT got.id = ANY (ids) THEN
      at := cardinality(ids) + 1;
      WHILE at > 1 AND (scores[at - 1] < this_score OR (scores[at - 1] = this_score AND ids[at - 1] > got.id)) LOOP
        at := at - 1;
      END LOOP;
      ids := (ids[:at - 1] || got.id || ids[at:])[:k];
      scores := (scores[:at - 1] || this_score || scores[at:])[:k];
      meters := (meters[:at - 1] || got.meters || meters[at:])[:k];
      aparts := (aparts[:at - 1] || got.apart || aparts[at:])[:k];
    END IF;
    -- The margin is for rounding: the streams are in the order of their indexes' own arithmetic.
    IF cardinality(ids) = k AND scores[k] > best_near + best_alike + 1e-12 THEN EXIT; END IF;
  END LOOP;
  CLOSE nearest;
  CLOSE alike;
  FOR i IN 1 .. cardinality(ids) LOOP
    id := ids[i];
    score := scores[i];
    distance_meters := meters[i];
    similarity := likeness(aparts[i]);
    rows_read := read;
    RETURN NEXT;
  END LOOP;
END
$$;
