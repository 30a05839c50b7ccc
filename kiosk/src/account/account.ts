/** The account is fetched as one, when somebody asks for it. */
export { Account } from "./screens/Account.tsx";
export { EnterDialog } from "./screens/EnterDialog.tsx";
