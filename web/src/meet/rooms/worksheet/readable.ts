/** A worksheet as text that reads well later: its title, and each field with what stands in it. */
export interface Part {
  title: string;
  text: string;
}

/** In as many texts as it takes, none longer than `most`; a field is cut only where it has to be. */
export function readable(heading: string, parts: readonly Part[], most: number): string[] {
  const texts: string[] = [];
  let text = heading;
  for (const part of parts) {
    const block = `\n\n${part.title}\n${part.text}`;
    if (text.length + block.length <= most) text += block;
    else {
      if (text !== heading) texts.push(text);
      let rest = heading + block;
      for (; rest.length > most; rest = rest.slice(most)) texts.push(rest.slice(0, most));
      text = rest;
    }
  }
  return [...texts, text];
}
