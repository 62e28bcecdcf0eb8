using Microsoft.Extensions.DependencyInjection;
using Tessera.Catalog;
using Tessera.Conformance.Quantization;
using Tessera.Gguf;
using Tessera.Host.Tests.Runtime;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Processor;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Loading;

public sealed unsafe class NearbyPackingTests(TinyEngine engine)
{
    private const int Rows = 100;
    private const int Columns = 64;

    [Fact]
    public void Panels_are_packed_by_the_threads_that_the_host_gives_and_are_the_same()
    {
        PluginCatalog plugins = engine.Services.GetRequiredService<PluginCatalog>();
        Assert.True(plugins.TryGetQuantFormat(GgmlType.Q8_0, out PluginPart<IQuantFormat>? format));
        var blocks = new byte[Rows * Columns / 32 * 34];
        new Random(5).NextBytes(blocks);
        for (int block = 0; block < blocks.Length; block += 34)
        {
            BitConverter.TryWriteBytes(blocks.AsSpan(block), (Half)0.01f);
        }

        using var memory = new GuardedMemory(blocks.Length);
        blocks.CopyTo(new Span<byte>(memory.First, blocks.Length));
        var source = new WeightSource { Name = "w", Rows = Rows, Columns = Columns, Data = memory.First, RowBytes = Columns / 32 * 34 };
        var packed = new List<int>();
        WeightSource nearby = source with
        {
            ForEachNearby = (count, work) =>
            {
                for (int i = count - 1; i >= 0; i--)
                {
                    packed.Add(i);
                    work(i);
                }
            },
        };
        var options = new KernelOptions(ProcessorFeatures.BestSimd, Repack: true, MachineCode: null);
        using IWeightMatrix expected = format.Value.Bind(source, options);
        using IWeightMatrix actual = format.Value.Bind(nearby, options);

        Assert.Equal(Enumerable.Range(0, (Rows + actual.RowGranularity - 1) / actual.RowGranularity), packed.Order());
        Assert.Equal(Product(expected), Product(actual));
    }

    private static float[] Product(IWeightMatrix matrix)
    {
        using var pool = new WorkerPool(1);
        using var encoder = new ActivationEncoder();
        using TestTensor x = TestTensor.Random(3, Columns);
        using var y = new TestTensor(3, Rows);
        matrix.Multiply(encoder.Encode(pool, x.Tensor, matrix.Reads), new OutputTile { Values = y.Tensor.Data, Stride = Rows, FirstRow = 0, RowCount = Rows });
        return y.Values.ToArray();
    }
}
