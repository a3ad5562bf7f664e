// What each request must hold. A request that does not gets a 400 that names the field.
const position = {
  type: "array",
  items: [
    { type: "number", minimum: -180, maximum: 180 },
    { type: "number", minimum: -90, maximum: 90 },
  ],
  minItems: 2,
  maxItems: 2,
  additionalItems: false,
};
const trip = { type: "array", items: position, minItems: 1, maxItems: 10_000 };
const k = { type: "integer", minimum: 1, maximum: 1000 };
const share = { type: "number", minimum: 0, maximum: 1 };
const object = (required, properties) => ({
  type: "object",
  required,
  properties,
  additionalProperties: false,
});

export const schemas = {
  predict: {
    body: object(["trips"], { trips: { type: "array", items: trip, minItems: 1, maxItems: 1000 } }),
  },
  similar: {
    body: object(["trip"], { trip, k, distance: { enum: ["frechet", "dtw", "hausdorff"] } }),
  },
  find: {
    querystring: object([], {
      k: { type: "string", pattern: "^[1-9][0-9]{0,2}$" },
      bounds: { type: "string", pattern: "^-?[0-9.]+(,-?[0-9.]+){3}$" },
    }),
  },
  search: {
    body: object(["position", "vector"], {
      position,
      vector: { type: "array", items: { type: "number" }, minItems: 1, maxItems: 4096 },
      k,
      mu: share,
      proximity: object(["kind"], {
        kind: { enum: ["relative", "linear", "exponential", "gaussian"] },
        scaleMeters: { type: "number", exclusiveMinimum: 0 },
        offsetMeters: { type: "number", minimum: 0 },
      }),
      where: { type: "object" },
      maxDistanceMeters: { type: "number", minimum: 0 },
      minSimilarity: { type: "number", minimum: -1, maximum: 1 },
    }),
  },
};
