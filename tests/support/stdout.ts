/** What this process prints from now on, in place of the terminal. */
export function captureStdout(): { text(): string; release(): void } {
  const printed: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((chunk: string | Uint8Array) => printed.push(String(chunk)) > 0) as typeof write;
  return {
    text: () => printed.join(""),
    release: () => {
      process.stdout.write = write;
    },
  };
}
