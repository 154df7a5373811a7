export * from "./primitives";
export { theme, variables } from "./theme";
