using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Company_Plugin.Tests;

/// <summary>The whole suite. The reference does not know this format; for vectors of your own name it and override <c>GoldenFile</c>.</summary>
public sealed class Toy4Conformance() : QuantFormatConformance(new Toy4Format(), (GgmlType)Toy4Format.Type, goldenName: null);
