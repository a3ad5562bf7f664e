import { expect, it } from "vitest";
import { publicMessage } from "../src/runner/public-message.js";

it.each([
  ["/home/ann/trips/a.plt:3:1: broken", "…/a.plt:3:1: broken"],
  ["ENOENT: no such file, open '/home/ann/x.json'", "ENOENT: no such file, open '…/x.json'"],
  ["C:\\Users\\ann\\a.txt: broken", "…/a.txt: broken"],
  ["e2dtc/table3/x at https://a.org/b/c on 1/2/3", "e2dtc/table3/x at https://a.org/b/c on 1/2/3"],
])("publicMessage keeps file names and drops folders: %s", (message, expected) => {
  expect(publicMessage(new Error(message))).toBe(expected);
});
