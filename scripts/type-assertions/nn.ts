// Types as a user of the published package meets them: each line under @ts-expect-error must fail.
import { GraphBuilder, OnnxModel, readOnnxHeader } from "@wayweave/nn";

export const parts = [GraphBuilder, OnnxModel];

// @ts-expect-error a model comes from a path or from bytes
OnnxModel.load(7);
// @ts-expect-error a file's path is text
readOnnxHeader(7);

// @ts-expect-error there is no such export
import { NoSuchThing } from "@wayweave/nn";

export { NoSuchThing };
