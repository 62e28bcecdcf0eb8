using System.Globalization;
using System.Runtime.InteropServices;
using Tessera.Numerics;
using Tessera.Quantization;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Processor;
using Tessera.Runtime.Threads;

namespace Tessera.Plugins.Management;

/// <summary>
/// A quick check of any quantization format, which needs no knowledge of its layout: blocks of random bytes mean what <see cref="IQuantFormat.Dequantize"/>
/// says, and every kernel of <see cref="IQuantFormat.Bind"/> must compute the products of those weights, whatever the batch. Where the plugin's folder has
/// <c>golden/NAME.blocks</c> and <c>golden/NAME.f32</c>, the one dequantized must be the other to the bit.
/// </summary>
internal sealed unsafe class FormatSelfCheck(PluginPart<IQuantFormat> part)
{
    private const int Rows = 37;
    private const int Tokens = 5;
    private const int MinColumns = 96;
    private const int Attempts = 1000;
    private const float LargestWeight = 1e6f;

    private readonly Random _random = new(1);

    public IEnumerable<string> FindProblems()
    {
        var problems = new List<string>();
        Try(problems, "golden data", () => CheckGolden(problems));
        Try(problems, "random blocks", () => CheckKernels(problems));
        return problems.Select(problem => $"The {part.Export} of {part.Plugin.Name}: {problem}.");
    }

    private static void Try(List<string> problems, string what, Action check)
    {
        try
        {
            check();
        }
        catch (Exception e)
        {
            problems.Add($"{what}: {PluginFailure.Describe(e)}");
        }
    }

    private void CheckGolden(List<string> problems)
    {
        foreach (string name in part.Names.Distinct())
        {
            string path = Path.Combine(part.Plugin.Folder, "golden", $"{name}.blocks");
            if (!File.Exists(path))
            {
                continue;
            }

            byte[] blocks = ReadGolden(path);
            float[] expected = MemoryMarshal.Cast<byte, float>(ReadGolden(Path.ChangeExtension(path, ".f32"))).ToArray();
            _ = part.Value.Block.CountBlocks(blocks, expected);
            var actual = new float[expected.Length];
            part.Value.Dequantize(blocks, actual);
            int differing = MemoryMarshal.Cast<float, int>(expected).CommonPrefixLength(MemoryMarshal.Cast<float, int>(actual));
            if (differing < expected.Length)
            {
                problems.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"golden data: value {differing} of 'golden/{name}.f32' is {expected[differing]:R}, dequantized is {actual[differing]:R}"));
            }
        }
    }

    private static byte[] ReadGolden(string path)
    {
        using FileStream content = PlainFile.OpenRead(path);
        byte[] bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        return bytes;
    }

    private void CheckKernels(List<string> problems)
    {
        BlockGeometry block = part.Value.Block;
        int blocks = Math.Max(3, MinColumns / block.Elements);
        int columns = blocks * block.Elements;
        byte[] bytes = RandomBlocks(Rows * blocks);
        var weights = new float[Rows * columns];
        part.Value.Dequantize(bytes, weights);
        using var memory = new NativeBuffer(bytes.Length);
        bytes.CopyTo(new Span<byte>(memory.Data, bytes.Length));
        var source = new WeightSource { Name = "check.weight", Rows = Rows, Columns = columns, Data = memory.Data, RowBytes = bytes.Length / Rows };

        float[] values = [.. Enumerable.Range(0, Tokens * columns).Select(_ => (2 * _random.NextSingle()) - 1)];
        using var pool = new WorkerPool(1);
        using var encoder = new ActivationEncoder();
        fixed (float* x = values)
        {
            ActivationBatch batch = encoder.Encode(pool, new ActivationRows(x, Tokens, columns, columns), ActivationParts.Q8);
            foreach ((string kernel, KernelOptions options) in Kernels())
            {
                Try(problems, kernel, () =>
                {
                    using IWeightMatrix matrix = part.Value.Bind(source, options);
                    if (ProductCheck.FindProblem(matrix, weights, batch) is { } problem)
                    {
                        problems.Add($"{kernel}: {problem}");
                    }
                });
            }
        }
    }

    /// <summary>Every way in which this machine can bind a matrix.</summary>
    private static IEnumerable<(string Name, KernelOptions Options)> Kernels()
    {
        foreach (SimdLevel level in Enum.GetValues<SimdLevel>().Where(level => level <= ProcessorFeatures.BestSimd))
        {
            yield return ($"{level}, mapped", new KernelOptions(level, Repack: false));
            yield return ($"{level}, packed", new KernelOptions(level));
            if (ProcessorFeatures.MachineCode is { } machineCode)
            {
                yield return ($"{level}, assembled", new KernelOptions(level, MachineCode: machineCode));
            }
        }
    }

    private byte[] RandomBlocks(int count)
    {
        BlockGeometry geometry = part.Value.Block;
        var blocks = new byte[count * geometry.Bytes];
        var values = new float[geometry.Elements];
        for (int i = 0; i < count; i++)
        {
            Span<byte> block = blocks.AsSpan(i * geometry.Bytes, geometry.Bytes);
            int attempt = 0;
            do
            {
                if (attempt++ == Attempts)
                {
                    throw new TesseraException($"of {Attempts} random blocks none has finite weights up to {LargestWeight}");
                }

                _random.NextBytes(block);
                part.Value.Dequantize(block, values);
            }
            while (!values.All(value => Math.Abs(value) <= LargestWeight));
        }

        return blocks;
    }
}
