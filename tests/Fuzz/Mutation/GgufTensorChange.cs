using System.Text;

namespace Tessera.Fuzz.Mutation;

/// <summary>What the mutator does to a tensor.</summary>
internal static class GgufTensorChange
{
    /// <summary>Zeros and ones, and infinities, NaN and the largest number of 16 and 32 bits.</summary>
    private static readonly byte[][] s_patterns =
        [[0], [0xFF], [0x00, 0x7C], [0x00, 0xFC], [0x00, 0x00, 0x80, 0x7F], [0x00, 0x00, 0xC0, 0x7F], [0xFF, 0xFF, 0x7F, 0x7F], [0x80]];

    public static string Of(GgufDocument.Tensor tensor, GgufDocument document, Random random)
    {
        int place = random.Next(Math.Max(1, tensor.Dimensions.Count));
        switch (random.Next(13))
        {
            case 0 or 1 when tensor.Dimensions.Count > 0:
                tensor.Dimensions[place] = random.Next(2) == 0 ? Interesting.Near(tensor.Dimensions[place], random) : Interesting.Integer(random);
                return $"tensor '{tensor.Name}' is {Show(tensor)}";
            case 2:
                tensor.Dimensions.Insert(place, random.Next(2) == 0 ? 1 : Interesting.Integer(random));
                return $"tensor '{tensor.Name}' is {Show(tensor)}";
            case 3 when tensor.Dimensions.Count > 0:
                tensor.Dimensions.RemoveAt(place);
                return $"tensor '{tensor.Name}' is {Show(tensor)}";
            case 4 when tensor.Dimensions.Count > 1:
                return Reshape(tensor, random);
            case 5:
                tensor.Type = random.Next(4) == 0 ? (uint)Interesting.Integer(random) : (uint)random.Next(42);
                return $"tensor '{tensor.Name}' of type {tensor.Type}";
            case 6:
                (tensor.Offset, tensor.HasOwnOffset) = (random.Next(2) == 0 ? random.In(document.Tensors).Offset : Interesting.Near(tensor.Offset, random),
                true);
                return $"tensor '{tensor.Name}' at {tensor.Offset}";
            case 7:
                string old = tensor.Name;
                tensor.Name = random.Next(2) == 0
                    ? random.In(document.Tensors).Name
                    : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Interesting.Text(random)));
                return $"tensor '{old}' is '{tensor.Name}'";
            case 8:
                document.Tensors.Remove(tensor);
                return $"no tensor '{tensor.Name}'";
            case 9:
                GgufDocument.Tensor other = random.In(document.Tensors);
                (tensor.Name, other.Name) = (other.Name, tensor.Name);
                return $"tensors '{tensor.Name}' and '{other.Name}' exchanged";
            case 10:
                tensor.Data = tensor.Data[..random.Next(tensor.Data.Length + 1)];
                return $"tensor '{tensor.Name}' has {tensor.Data.Length} bytes";
            default:
                byte[] pattern = random.In(s_patterns);
                int from = random.Next(3) == 0 ? 0 : random.Next(tensor.Data.Length + 1);
                int to = Math.Min(tensor.Data.Length, from + (1 << random.Next(12)));
                tensor.Data = [.. tensor.Data.Select((value, at) => at >= from && at < to ? pattern[(at - from) % pattern.Length] : value)];
                return $"tensor '{tensor.Name}' holds {Convert.ToHexString(pattern)} from {from} to {to}";
        }
    }

    /// <summary>As many values in another shape.</summary>
    private static string Reshape(GgufDocument.Tensor tensor, Random random)
    {
        ulong factor = random.Next(3) switch { 0 => 2, 1 => 4, _ => Math.Max(1, tensor.Dimensions[1]) };
        if (random.Next(3) == 0)
        {
            (tensor.Dimensions[0], tensor.Dimensions[1]) = (tensor.Dimensions[1], tensor.Dimensions[0]);
        }
        else
        {
            (tensor.Dimensions[0], tensor.Dimensions[1]) = (tensor.Dimensions[0] * factor, tensor.Dimensions[1] / factor);
        }

        return $"tensor '{tensor.Name}' is {Show(tensor)}";
    }

    private static string Show(GgufDocument.Tensor tensor) => string.Join(" x ", tensor.Dimensions);
}
