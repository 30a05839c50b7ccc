/** The last third of a purchase, fetched together: nobody needs one of these screens without the others. */
export { Order } from "./Order.tsx";
export { Pay } from "./Pay.tsx";
export { Tickets } from "./Tickets.tsx";
