// What every part of the drill asks of an attempt: it ends, in an answer or in one of Wayweave's typed errors.
const typed = /^WAYWEAVE_(VALUE|SHAPE|STATE|FORMAT)$/;

/** @returns {Promise<{ ended: "answer" | "typed error" | "other error" | "hang", message?: string }>} */
export async function attempt(work, patienceMs = 60_000) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(
      () => resolve({ ended: "hang", message: `no end within ${patienceMs} ms` }),
      patienceMs,
    );
  });
  const run = async () => {
    try {
      await work();
      return { ended: "answer" };
    } catch (error) {
      const message = String(error?.message ?? error).slice(0, 300);
      // The system's own errors (a full disk, no such file) say what they are as well.
      const isSystem = /^(ENOSPC|EDQUOT|ENOENT|EACCES|EISDIR)$/.test(error?.code ?? "");
      if (typed.test(error?.code ?? "") || isSystem) return { ended: "typed error", message };
      return { ended: "other error", message: `${error?.name}: ${message}` };
    }
  };
  return Promise.race([run(), late]).finally(() => clearTimeout(timer));
}
