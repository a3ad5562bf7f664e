import { writeReport } from "../report/write-report.js";
import { type CliContext, exitCodes } from "./context.js";

export interface ReportFlags {
  readonly out: string;
  readonly json?: boolean;
}

/** `report`: writes the HTML file again. A results file that cannot be read is named in it, and the command fails. */
export async function reportCommand(flags: ReportFlags, { experiments }: CliContext): Promise<number> {
  const { path, tables, problems } = await writeReport(flags.out, experiments);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ report: path, tables, problems })}\n`
      : `report: ${path} (${tables} tables)\n`,
  );
  return problems.length > 0 ? exitCodes.failed : exitCodes.done;
}
