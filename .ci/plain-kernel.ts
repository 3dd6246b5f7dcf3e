interface Measured {
  readonly environment: { readonly kernel: string };
}

/** What a distribution or a cloud adds to the kernel's number says nothing to readers. */
export function withPlainKernel<T extends Measured>(result: T): T {
  const kernel = result.environment.kernel.replace(/^(\d+(?:\.\d+)*).*$/u, '$1');
  return { ...result, environment: { ...result.environment, kernel } };
}
