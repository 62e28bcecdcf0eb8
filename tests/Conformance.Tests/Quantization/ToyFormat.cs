using System.Composition;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Conformance.Tests.Quantization;

/// <summary>A format of 32 signed bytes and a binary16 scale before them, <c>weight = d * q</c>, with one flaw or none.</summary>
[ExportQuantFormat((GgmlType)ToyGolden.Type), Shared]
internal sealed unsafe partial class ToyFormat(FormatFlaw flaw) : IQuantFormat
{
    public const int Elements = 32;
    public const int Bytes = 34;

    public BlockGeometry Block => new(Elements, flaw == FormatFlaw.WrongGeometry ? Bytes + 2 : Bytes);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        int count = flaw == FormatFlaw.IgnoresLengths ? Math.Min(blocks.Length / Bytes, values.Length / Elements) : Block.CountBlocks(blocks, values);
        float first = count > 0 || flaw == FormatFlaw.FailsOnNoBlocks ? ScaleOf(blocks) : 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> block = blocks.Slice(i * Bytes, Bytes);
            float d = flaw == FormatFlaw.OneScaleForAll ? first : ScaleOf(block);
            for (int c = 0; c < Elements; c++)
            {
                values[(i * Elements) + c] = d * (sbyte)block[2 + c];
            }
        }

        if (flaw == FormatFlaw.OneBitOff && count > 0)
        {
            values[^1] = MathF.BitIncrement(values[^1]);
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => new ToyMatrix(source, options, flaw);

    private static float ScaleOf(ReadOnlySpan<byte> block) => (float)BitConverter.ToHalf(block);
}
