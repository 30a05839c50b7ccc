/** Words of ticket types and price lists. */
const es = {
  ticketTypes: "Tipos de entrada",
  ticketTypesText: "En este orden se ofrecen. Alt+↑ y Alt+↓ mueven; Intro guarda el nombre.",
  ticketTypesEmpty:
    "Aún no hay tipos de entrada. Empieza por «General»: sin al menos uno, ninguna sesión se puede poner a la venta.",
  newTicketType: "Nuevo tipo",
  name: "Nombre",
  position: "Orden",
  active: "Se ofrece",
  activeOf: (name: string) => `Se ofrece ${name}`,
  moveUp: (name: string) => `Subir ${name}`,
  moveDown: (name: string) => `Bajar ${name}`,
  moved: (name: string, position: number) => `${name}: posición ${position}`,
  ticketTypeInUse: "Alguna sesión tiene precio para este tipo. Deja de ofrecerlo en su lugar.",
};

export type PriceWords = typeof es;

const en: PriceWords = {
  ticketTypes: "Ticket types",
  ticketTypesText: "Offered in this order. Alt+↑ and Alt+↓ move; Enter saves the name.",
  ticketTypesEmpty:
    "There are no ticket types yet. Begin with “Adult”: without at least one, no showtime can be put on sale.",
  newTicketType: "New type",
  name: "Name",
  position: "Order",
  active: "Offered",
  activeOf: (name) => `Offer ${name}`,
  moveUp: (name) => `Move ${name} up`,
  moveDown: (name) => `Move ${name} down`,
  moved: (name, position) => `${name}: position ${position}`,
  ticketTypeInUse: "A showtime has a price for this type. Stop offering it instead.",
};

export const priceWords = { es, en };
