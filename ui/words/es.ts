import { listed } from "./language.ts";

/** Words of the shared parts, in Spanish. Its type is what every other language must say, too. */
export const es = {
  close: "Cerrar",
  cancel: "Cancelar",
  yes: "Sí",
  no: "No",
  retry: "Probar otra vez",
  loading: "Un momento…",
  language: "Idioma",
  theme: "Contraste",
  themes: { dark: "Oscuro", light: "Claro", contrast: "Alto contraste" },
  textSize: "Tamaño del texto",
  textSizes: { normal: "Normal", large: "Grande", huge: "Muy grande" },
  display: "Pantalla y texto",

  failureTitle: "Algo ha fallado por nuestra parte",
  failureText: "No se ha cobrado nada por esto. Empezamos de nuevo en un momento.",
  failureAction: "Empezar de nuevo",

  linkLost: (age: string) => `Sin conexión. Lo que ves es de hace ${age}. Seguimos intentándolo.`,
  linkFirst: "Conectando con el cine…",
  linkBack: "Conexión recuperada. Todo está al día.",
  ageSeconds: (count: number) => `${count} s`,
  ageMinutes: (count: number) => `${count} min`,

  seatMap: "Plano de butacas",
  seatMapHelp:
    "Muévete con las flechas. Inicio y Fin van a los extremos de la fila; Re Pág y Av Pág saltan filas. Espacio elige.",
  seatList: "Lista de butacas",
  showMap: "Plano",
  showList: "Lista",
  screen: "Pantalla",
  zoomIn: "Acercar",
  zoomOut: "Alejar",
  zoomAll: "Ver toda la sala",
  touchToZoom: "Toca el plano para acercarte",
  overview: "Vista general de la sala",
  rowWord: "Fila",
  rowFree: (count: number) => (count === 1 ? "1 libre" : `${count} libres`),
  kinds: { standard: "normal", vip: "VIP", wheelchair: "espacio para silla de ruedas", companion: "acompañante" },
  looks: {
    free: "libre",
    mine: "tuya",
    held: "la está eligiendo otra persona",
    sold: "vendida",
    blocked: "no disponible",
  },
  legend: {
    free: "Libre",
    mine: "Tuya",
    held: "Alguien la elige",
    sold: "Vendida",
    blocked: "Bloqueada",
    vip: "VIP",
    wheelchair: "Silla de ruedas",
    companion: "Acompañante",
  },
  seatName: (row: string, number: number, kind: string, price: string | null, look: string) =>
    [`Fila ${row}`, `butaca ${number}`, kind, price, look].filter(Boolean).join(", "),

  someoneTook: (seat: string, free: readonly string[]) => {
    if (free.length === 0) return `Alguien acaba de coger la ${seat}. Elige otra, por favor.`;
    const verb = free.length === 1 ? "está libre" : "están libres";
    return `Alguien acaba de coger la ${seat}. ${listed("es", free)} ${verb}.`;
  },
  timeLeft: "Butacas guardadas",
  timeSpoken: (seconds: number) =>
    seconds >= 60
      ? `Tus butacas siguen guardadas ${seconds === 60 ? "1 minuto" : `${seconds / 60} minutos`} más.`
      : `Quedan ${seconds} segundos para tus butacas.`,
};

export type UiWords = typeof es;
