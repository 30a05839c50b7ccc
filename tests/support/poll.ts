/** Asks again and again until the answer is neither false, null nor undefined; throws at the deadline with the last one. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  within = 5_000,
  what = "the condition",
): Promise<NonNullable<T>> {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
