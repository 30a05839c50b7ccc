/** What a film is for: which room and which hours suit it. */
export type Slot = "family" | "event" | "repertory" | "late";

/** A film on show in the demo cinema. `title` as in `films.csv`; the synopsis is ours. */
export interface ShownFilm {
  title: string;
  /** Spoken in, as BCP 47. */
  language: string;
  slot: Slot;
  /** Ways it can be shown besides plain, where the room can. */
  formats?: readonly ("3D" | "IMAX")[];
  synopsis: string;
}

/** 24 films for every age and hour. */
export const SHOWN_FILMS: readonly ShownFilm[] = [
  {
    title: "Finding Nemo",
    language: "en",
    slot: "family",
    formats: ["3D"],
    synopsis:
      "Un pez payaso que teme al océano lo cruza entero para encontrar a su hijo, con una compañera que lo olvida todo menos la alegría.",
  },
  {
    title: "WALL-E",
    language: "en",
    slot: "family",
    synopsis:
      "El último robot de la Tierra compacta basura y colecciona tesoros, hasta que una visita del espacio le cambia el rumbo.",
  },
  {
    title: "Ratatouille",
    language: "en",
    slot: "family",
    synopsis:
      "Una rata con un paladar prodigioso y un pinche torpe se alían en la cocina de un gran restaurante de París.",
  },
  {
    title: "Up",
    language: "en",
    slot: "family",
    formats: ["3D"],
    synopsis:
      "Un viudo ata miles de globos a su casa y despega hacia Sudamérica, sin contar con un polizón muy explorador.",
  },
  {
    title: "Toy Story 2",
    language: "en",
    slot: "family",
    formats: ["3D"],
    synopsis:
      "Un coleccionista se lleva a Woody y los demás juguetes cruzan la ciudad para traerlo de vuelta antes de que decida quedarse.",
  },
  {
    title: "The Wizard of Oz",
    language: "en",
    slot: "family",
    synopsis:
      "Un tornado deja a Dorothy en un país de colores. El camino de vuelta es amarillo y se recorre mejor en compañía.",
  },
  {
    title: "The Dark Knight",
    language: "en",
    slot: "event",
    formats: ["IMAX"],
    synopsis:
      "Un criminal sin reglas pone a prueba a Gotham y obliga a Batman a decidir cuánto está dispuesto a perder.",
  },
  {
    title: "The Matrix",
    language: "en",
    slot: "event",
    synopsis:
      "Un programador descubre que el mundo que conoce es una simulación y que alguien lleva tiempo buscándolo.",
  },
  {
    title: "Gladiator",
    language: "en",
    slot: "event",
    synopsis:
      "Un general traicionado vuelve a Roma como esclavo de la arena, con una cuenta pendiente con el emperador.",
  },
  {
    title: "Inception",
    language: "en",
    slot: "event",
    formats: ["IMAX"],
    synopsis:
      "Un ladrón que roba secretos en los sueños recibe el encargo contrario: dejar una idea y que nadie lo note.",
  },
  {
    title: "The Lord of the Rings: The Fellowship of the Ring",
    language: "en",
    slot: "event",
    synopsis:
      "Nueve compañeros salen de viaje para destruir un anillo que nadie debería llevar, y menos que nadie un hobbit.",
  },
  {
    title: "Pirates of the Caribbean: The Curse of the Black Pearl",
    language: "en",
    slot: "event",
    synopsis:
      "Un herrero y un capitán sin barco persiguen a una tripulación maldita que solo muestra los huesos bajo la luna.",
  },
  {
    title: "Spider-Man 2",
    language: "en",
    slot: "event",
    synopsis:
      "Peter Parker llega tarde a todo menos a salvar la ciudad, y empieza a preguntarse si merece la pena el traje.",
  },
  {
    title: "The Pianist",
    language: "en",
    slot: "repertory",
    synopsis: "Un pianista sobrevive escondido en la Varsovia ocupada, con la música como único lugar al que volver.",
  },
  {
    title: "Slumdog Millionaire",
    language: "en",
    slot: "repertory",
    synopsis: "Un chico de Bombay está a una pregunta del gran premio. Cada respuesta que sabe se la enseñó la vida.",
  },
  {
    title: "The Truman Show",
    language: "en",
    slot: "repertory",
    synopsis:
      "Truman vive en un pueblo perfecto donde todos lo conocen demasiado bien. Un foco que cae del cielo lo hace dudar.",
  },
  {
    title: "Big Fish",
    language: "en",
    slot: "repertory",
    synopsis: "Un hijo intenta separar la verdad de los cuentos de su padre y descubre que no siempre hace falta.",
  },
  {
    title: "Le Fabuleux Destin d'Amélie Poulain",
    language: "fr",
    slot: "repertory",
    synopsis: "Una camarera de Montmartre decide arreglar en secreto la vida de los demás, hasta que le toca la suya.",
  },
  {
    title: "Ocean's Eleven",
    language: "en",
    slot: "repertory",
    synopsis: "Once especialistas, tres casinos y una sola noche. El plan es imposible; por eso les gusta.",
  },
  {
    title: "3:10 to Yuma",
    language: "en",
    slot: "repertory",
    synopsis:
      "Un ranchero arruinado acepta escoltar a un forajido hasta el tren de las 3:10. El camino es largo y nadie quiere que lleguen.",
  },
  {
    title: "The Sixth Sense",
    language: "en",
    slot: "late",
    synopsis: "Un psicólogo intenta ayudar a un niño que guarda un secreto del que no se atreve a hablar con nadie.",
  },
  {
    title: "The Prestige",
    language: "en",
    slot: "late",
    synopsis: "Dos magos rivales del Londres victoriano se espían, se copian y se hunden por el truco perfecto.",
  },
  {
    title: "Sleepy Hollow",
    language: "en",
    slot: "late",
    synopsis: "Un investigador que solo cree en la ciencia llega a un pueblo donde un jinete cobra cabezas.",
  },
  {
    title: "The Big Lebowski",
    language: "en",
    slot: "late",
    synopsis:
      "A un hombre tranquilo le confunden con un millonario y le estropean la alfombra. Solo quería jugar a los bolos.",
  },
];
