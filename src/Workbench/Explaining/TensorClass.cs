using System.Text.RegularExpressions;
using Tessera.Gguf;

namespace Tessera.Workbench.Explaining;

/// <summary>What tensors that differ in their layer alone have in common.</summary>
/// <param name="Name">The name, with an asterisk for the number of the layer.</param>
/// <param name="Type">The type number.</param>
/// <param name="Shape">Extents, columns first, in words.</param>
internal readonly partial record struct TensorClass(string Name, GgmlType Type, string Shape)
{
    public static TensorClass Of(GgufTensor tensor) => new(LayerNumber().Replace(tensor.Name, ".*."), tensor.Type, string.Join(" x ", tensor.Dimensions));

    [GeneratedRegex(@"(?<=^[a-z_]+)\.[0-9]+\.", RegexOptions.CultureInvariant)]
    private static partial Regex LayerNumber();
}
