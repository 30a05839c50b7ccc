import type { Zone } from "./catalogue.ts";

export type Channel = "web" | "kiosk" | "box-office";
export type OrderStatus =
  | "pending"
  | "confirmed"
  | "declined"
  | "expired"
  | "cancelled"
  | "refunded"
  | "partially-refunded";
export type PaymentStatus = "pending" | "captured" | "declined" | "cancelled" | "refunded";
export type PaymentMethod = "card" | "cash";

export interface OrderLine {
  seatId: string;
  ticketTypeId: string;
  zone: Zone;
  price: number;
}

export interface OrderTicket {
  id: string;
  seatId: string;
  code: string;
}

export interface OrderRefund {
  id: string;
  amount: number;
  lines: string[];
  at: string;
  status: "pending" | "done" | "failed";
}

export interface Order {
  id: string;
  version: number;
  number: string;
  showtimeId: string;
  film: { id: string; title: string };
  startsAt: string;
  auditorium: { id: string; name: string };
  status: OrderStatus;
  lines: OrderLine[];
  total: number;
  currency: string;
  channel: Channel;
  deviceId?: string;
  discounts: { code: string; label: string; amount: number }[];
  payment: {
    method: PaymentMethod;
    provider: string;
    status: PaymentStatus;
    nextAction?: { type: "redirect"; url: string };
  };
  /** Until when a pending order may be paid; RFC 3339. */
  payBy?: string;
  contact?: { name?: string; email?: string };
  /** For staff alone. */
  note?: string;
  receiptNumber?: string;
  createdAt: string;
  confirmedAt?: string;
  tickets?: OrderTicket[];
  refunds: OrderRefund[];
}

/** Body of `POST /orders`. */
export interface CheckoutRequest {
  showtimeId: string;
  hold: string;
  lines: { seatId: string; ticketTypeId: string }[];
  payment: { method: PaymentMethod; token?: string };
  contact?: { name?: string; email?: string };
  codes?: string[];
}
