/**
 * What both apps are put together from: dialogs, notices, countdowns, posters, icons.
 *
 * Promises: operable by keyboard, named for screen readers, styled by tokens alone.
 * Must never import the connection or an app.
 */
import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {children}
    </svg>
  );
}

const icon = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const PlusIcon = icon("M12 5v14M5 12h14");
export const MinusIcon = icon("M5 12h14");
export const WholeIcon = icon("M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5");
export const BackIcon = icon("M15 5l-7 7 7 7");
export const NextIcon = icon("M9 5l7 7-7 7");
export const CloseIcon = icon("M6 6l12 12M18 6L6 18");
export const TickIcon = icon("M5 12.500l4.500 4.500L19 7");
export const ClockIcon = icon("M12 3a9 9 0 1 0 .01 0M12 7v5.500l3.500 2");
export const GlobeIcon = icon("M12 3a9 9 0 1 0 .01 0M3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18");
export const ThemeIcon = icon("M12 3a9 9 0 1 0 .01 0M12 3v18M12 7h5.500M12 12h8.800M12 17h6");
export const TextIcon = icon("M3 18L8.500 5h1L15 18M5 14h8M16.500 18l2.800-7h.8l2.400 7M17.500 15.500h4.200");
export const PrintIcon = icon("M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z");
export const ReceiptIcon = icon("M6 3v18l2-1.500 2 1.500 2-1.500 2 1.500 2-1.500 2 1.500V3zM9 8h6M9 12h6");
export const CardIcon = icon("M3 6h18v12H3zM3 10h18M6 15h4");
export const LinkLostIcon = icon(
  "M3 3l18 18M5 10a11 11 0 0 1 4-2.300M12 7a11 11 0 0 1 7 3M8 14a6 6 0 0 1 4-1.800M12 18.500h.01",
);
export const AlertIcon = icon("M12 4l9 16H3zM12 10v4M12 17.500h.01");
export const MapIcon = icon("M4 5h16M6 10h2M11 10h2M16 10h2M6 14h2M11 14h2M16 14h2M6 18h2M11 18h2M16 18h2");
export const ListIcon = icon("M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01");
export const DeleteIcon = icon("M9 5h12v14H9l-6-7zM13 9l5 6M18 9l-5 6");
export const PersonIcon = icon("M12 4a4 4 0 1 0 .01 0M4.500 20.500a7.500 7.500 0 0 1 15 0");
export const SeatIcon = icon("M7 4h10v9H7zM4 10v8h16v-8M7 18v3M17 18v3");
