/** The parts of a FHIR R4 bundle that the readable page shows; the server writes all of them. */

export interface Coding {
  system?: string;
  code?: string;
  display?: string;
}

interface Concept {
  coding?: Coding[];
  text?: string;
}

interface Period {
  start?: string;
  end?: string;
}

interface Answer {
  valueCoding?: Coding;
  valueDecimal?: number;
}

export interface Question {
  linkId: string;
  text?: string;
  answerOption?: { valueCoding: Coding }[];
}

export interface Resource {
  resourceType: string;
  id: string;
  url?: string;
  version?: string;
  language?: string;
  title?: string;
  status?: string;
  questionnaire?: string;
  authored?: string;
  item?: (Question & { answer?: Answer[] })[];
  code?: Concept;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  valueQuantity?: { value?: number; unit?: string };
  interpretation?: Concept[];
  medicationCodeableConcept?: Concept;
  dosage?: { text?: string; doseAndRate?: { doseQuantity?: { value?: number; unit?: string } }[] }[];
  period?: Period;
  participant?: { individual?: { display?: string } }[];
  activity?: { detail: { description?: string; code?: Concept; status?: string } }[];
  intent?: string;
  category?: Concept[];
  subject?: { reference: string };
  created?: string;
  dateTime?: string;
  policyRule?: Concept;
  provision?: { period?: Period };
  recorded?: string;
  subtype?: Coding[];
  agent?: { who?: { display?: string } }[];
  entity?: { name?: string }[];
}

export interface Bundle {
  resourceType: "Bundle";
  entry: { fullUrl?: string; resource: Resource }[];
}

export const ofType = (bundle: Bundle, type: string): Resource[] =>
  bundle.entry.map(({ resource }) => resource).filter((each) => each.resourceType === type);
