namespace Company_Plugin;

/// <summary>Makes blocks. The scale maps the largest magnitude to 7, and a code is the nearest. What columns are worth changes nothing here.</summary>
internal static unsafe class Toy4Quantizer
{
    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        for (int i = 0; i < blocks; i++, row += Toy4Block.Elements, output += Toy4Block.Bytes)
        {
            Quantize(row, output);
        }
    }

    private static void Quantize(float* values, byte* block)
    {
        float largest = 0;
        for (int i = 0; i < Toy4Block.Elements; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(values[i]));
        }

        Half d = (Half)(largest / 7);
        *(Half*)block = d;
        for (int i = 0; i < Toy4Block.Elements; i += 2)
        {
            block[Toy4Block.QuantsOffset + (i / 2)] = (byte)(Nearest(values[i], (float)d) | (Nearest(values[i + 1], (float)d) << 4));
        }
    }

    private static int Nearest(float value, float d) => d == 0 ? Toy4Block.Zero : Math.Clamp((int)MathF.Round(value / d) + Toy4Block.Zero, 0, 15);
}
