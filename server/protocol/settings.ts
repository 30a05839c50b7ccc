export interface Settings {
  version: number;
  cinemaName: string;
  address: string;
  legalName?: string;
  taxId?: string;
  vatRate?: number;
  guestCancelMinutes?: number;
  salesEndMinutes?: SalesEndMinutes;
}

export type SalesEndMinutes = { web: number; kiosk: number; "box-office": number };
