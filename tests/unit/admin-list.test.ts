import { expect, it } from "vitest";
import { createResourceList } from "../../admin/src/state/list.ts";
import type { Managed, Resource } from "../../admin/src/state/resource.ts";

/** A resource whose pages find so many each; what it was asked with is kept. */
function pagesOf(found: readonly number[]) {
  const asked: (string | undefined)[] = [];
  const page = async ({ cursor }: { cursor?: string | undefined }) => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    const items = Array.from({ length: found[at] ?? 0 }, (_, n) => ({ id: `${at}-${n}`, version: 1 }));
    return { ok: true, status: 200, body: { items, nextCursor: at + 1 < found.length ? String(at + 1) : null } };
  };
  return { asked, resource: { page } as unknown as Pick<Resource<Managed>, "page"> };
}

it("[K113] a list reads on over pages that found nothing, and shows what it has once a screen is full", async () => {
  const { asked, resource } = pagesOf([0, 0, 3, 20, 5]);
  const list = createResourceList(resource);
  await list.reload();
  expect(asked).toEqual([undefined, "1", "2", "3"]);
  expect(list.items.value).toHaveLength(23);
  expect(list.state.value).toEqual({ status: "ready", hasMore: true, isReading: false });
  await list.more();
  expect(list.items.value).toHaveLength(28);
  expect(list.state.value).toEqual({ status: "ready", hasMore: false, isReading: false });
});

it("[K113] after ten pages of nothing it asks whether to look further", async () => {
  const { asked, resource } = pagesOf(Array.from({ length: 40 }, () => 0));
  const list = createResourceList(resource);
  await list.reload();
  expect(asked).toHaveLength(10);
  expect(list.state.value).toEqual({ status: "ready", hasMore: true, isReading: false });
});
