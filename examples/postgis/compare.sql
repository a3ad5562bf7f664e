-- Every query by each method, timed inside the database; one JSON document at the end.
\set ON_ERROR_STOP on
\set QUIET on
CREATE EXTENSION postgis;
CREATE EXTENSION cube;
CREATE TABLE loaded (id bigint, lon float8, lat float8, vector float8[]);
\copy loaded FROM 'objects.tsv'
CREATE TABLE objects (id bigint PRIMARY KEY, place geography(Point), meaning cube);
INSERT INTO objects SELECT id, ST_MakePoint(lon, lat)::geography, cube(vector) FROM loaded;
CREATE INDEX ON objects USING gist (place);
CREATE INDEX ON objects USING gist (meaning);
CREATE TABLE queries (query int, lon float8, lat float8, vector float8[], mu float8, scale float8);
\copy queries FROM 'queries.tsv'
ANALYZE;
\i near-and-alike.sql

CREATE TABLE answers (query int, method text, ms float8, ids bigint[], scores float8[], rows_read int);

CREATE PROCEDURE ask_all(k int) LANGUAGE plpgsql AS $$
DECLARE
  q record; here geography; wanted cube; started timestamptz; ids bigint[]; scores float8[]; read int;
BEGIN
  FOR q IN SELECT * FROM queries ORDER BY query LOOP
    here := ST_MakePoint(q.lon, q.lat)::geography;
    wanted := cube(q.vector);
    started := clock_timestamp();
    SELECT array_agg(f.id), array_agg(f.score), max(f.rows_read) INTO ids, scores, read
      FROM near_and_alike(here, wanted, k, q.mu, q.scale) f;
    INSERT INTO answers VALUES (q.query, 'threshold', 1000 * extract(epoch FROM clock_timestamp() - started), ids, scores, read);

    started := clock_timestamp();
    SELECT array_agg(s.id), array_agg(s.score) INTO ids, scores FROM (
      SELECT o.id, q.mu * nearness(o.place <-> here, q.scale) + (1 - q.mu) * likeness(o.meaning <-> wanted) AS score
      FROM objects o ORDER BY score DESC, id LIMIT k) s;
    INSERT INTO answers VALUES (q.query, 'scan', 1000 * extract(epoch FROM clock_timestamp() - started), ids, scores, NULL);

    started := clock_timestamp();
    SELECT array_agg(s.id), array_agg(s.score) INTO ids, scores FROM (
      SELECT n.id, q.mu * nearness(n.meters, q.scale) + (1 - q.mu) * likeness(n.apart) AS score
      FROM (SELECT o.id, o.place <-> here AS meters, o.meaning <-> wanted AS apart
            FROM objects o ORDER BY o.place <-> here LIMIT 1000) n
      ORDER BY score DESC, id LIMIT k) s;
    INSERT INTO answers VALUES (q.query, 'nearest 1,000', 1000 * extract(epoch FROM clock_timestamp() - started), ids, scores, NULL);
  END LOOP;
END
$$;
-- Once to warm the caches, then what counts.
CALL ask_all(10);
TRUNCATE answers;
CALL ask_all(10);

-- Where everything is far: a scale of a millimetre makes exp() of −10⁹ without the clamp.
SELECT count(*) = 10 AS far_is_fine FROM near_and_alike('POINT(0 -89)', (SELECT meaning FROM objects LIMIT 1), 10, .5, 0.001) \gset
\if :far_is_fine
\else
  \echo 'near_and_alike: must answer from far away too'
  \quit
\endif
-- More than there are: all of them. Only where they are few, for the k best are kept in an array.
SELECT count(*) > 3000 OR count(*) = (
    SELECT count(*) FROM near_and_alike('POINT(7 50)', (SELECT meaning FROM objects LIMIT 1), 3001, .5, 1000)
      WHERE (SELECT count(*) FROM objects) <= 3000) AS all_is_fine FROM objects \gset
\if :all_is_fine
\else
  \echo 'near_and_alike: must give all objects where k is larger than their number'
  \quit
\endif
\pset tuples_only on
\pset format unaligned
\o answers.json
SELECT json_build_object(
  'versions', json_build_object('postgresql', current_setting('server_version'), 'postgis', postgis_lib_version()),
  'bytes', pg_total_relation_size('objects'),
  'answers', (SELECT json_agg(answers) FROM answers));
