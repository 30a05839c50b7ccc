import { SectionHead } from "../parts/SectionHead.tsx";

export default function Section() {
  return <SectionHead title="…" />;
}
