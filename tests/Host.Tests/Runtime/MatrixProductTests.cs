using Tessera.Host.Tests.Runtime.Threads;
using Tessera.Numerics;
using Tessera.Quantization;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public sealed class MatrixProductTests : IDisposable
{
    private readonly WorkerPool _pool = new(3);
    private readonly ActivationEncoder _encoder = new();
    private readonly MatrixProduct _product = new();

    public void Dispose()
    {
        _encoder.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 5)]
    [InlineData(3, 5)]
    public void Three_matrices_share_an_input(int threads, int tokens)
    {
        using var pool = new WorkerPool(threads);
        using TestTensor x = TestTensor.Random(tokens, 64);
        int[] rows = [700, 1, 33];
        QuarterMatrix[] matrices = [.. rows.Select((count, i) => new QuarterMatrix(count, 64, i))];
        TestTensor[] outputs = [.. rows.Select(count => new TestTensor(tokens, count))];
        Run(pool, x, [.. matrices.Zip(outputs, (matrix, y) => ((IWeightMatrix)matrix.Bind(), y))]);

        for (int i = 0; i < 3; i++)
        {
            Expect(matrices[i], x, outputs[i], 1, null);
            matrices[i].Dispose();
            outputs[i].Dispose();
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(-0.5f, false)]
    [InlineData(-0.5f, true)]
    public void A_scale_multiplies_the_product_and_a_bias_is_added(float scale, bool hasBias)
    {
        using TestTensor x = TestTensor.Random(3, 64);
        using var matrix = new QuarterMatrix(90, 64);
        using var y = new TestTensor(3, 90);
        float[]? bias = hasBias ? [.. Enumerable.Range(0, 90).Select(i => i * 10f)] : null;

        var bound = new BoundMatrix("w", matrix.Bind());
        _product.Add(bound, _encoder.Encode(_pool, x.Tensor, bound.Reads), y.Tensor, bias, scale);
        _product.Run(_pool);

        Expect(matrix, x, y, scale, bias);
    }

    [Fact]
    public void Tiles_begin_at_multiples_of_a_matrix_granularity_and_cover_every_row_once()
    {
        using TestTensor x = TestTensor.Random(2, 32);
        using var y = new TestTensor(2, 1003);
        using var matrix = new CountingMatrix(1003, 32, ActivationParts.Values, granularity: 24);

        Run(_pool, x, (matrix, y));

        Assert.All(y.Values.ToArray(), value => Assert.Equal(1, value));
        Assert.All(matrix.Tiles, tile => Assert.Equal(0, tile.First % 24));
    }

    [Theory]
    [InlineData(2, 2, 1003)]
    [InlineData(2, 3, 24)]
    [InlineData(3, 4, 1003)]
    [InlineData(3, 3, 49)]
    public void Each_node_has_the_rows_whose_panels_it_packs(int nodes, int threads, int rows)
    {
        const int Granularity = 24;
        using var pool = new WorkerPool(PlacedWorkerPoolTests.OnNodes(nodes, threads));
        using TestTensor x = TestTensor.Random(2, 32);
        using var first = new TestTensor(2, 7);
        using var second = new TestTensor(2, rows);
        using var small = new CountingMatrix(7, 32, ActivationParts.Values, 1);
        using var matrix = new CountingMatrix(rows, 32, ActivationParts.Values, Granularity);

        Run(pool, x, (small, first), (matrix, second));

        Assert.All((TestTensor[])[first, second], y => Assert.All(y.Values.ToArray(), value => Assert.Equal(1, value)));

        // Packing shares out panels evenly among the nodes (WorkerPool.ForEach).
        int panels = (rows + Granularity - 1) / Granularity;
        int nodeRows = (panels + nodes - 1) / nodes * Granularity;
        Assert.All(matrix.Tiles, tile => Assert.Equal(tile.First / nodeRows, (tile.First + tile.Count - 1) / nodeRows));
    }

    [Fact]
    public void The_input_is_encoded_where_one_of_the_matrices_wants_it()
    {
        using TestTensor x = TestTensor.Random(2, 32);
        using var first = new TestTensor(2, 40);
        using var second = new TestTensor(2, 40);
        using var plain = new CountingMatrix(40, 32, ActivationParts.Values, granularity: 1);
        using var encoded = new CountingMatrix(40, 32, ActivationParts.Q8, granularity: 1);

        Run(_pool, x, (plain, first), (encoded, second));

        Assert.All((TestTensor[])[first, second], y => Assert.All(y.Values.ToArray(), value => Assert.Equal(1, value)));
    }

    [Fact]
    public void A_product_that_failed_leaves_nothing_behind()
    {
        using TestTensor x = TestTensor.Random(1, 64);
        using TestTensor wrong = TestTensor.Random(1, 32);
        using var matrix = new QuarterMatrix(5, 64);
        using var y = new TestTensor(1, 5);
        for (int i = 0; i < 5; i++)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Run(_pool, wrong, (matrix.Bind(), y)));
        }

        Run(_pool, x, (matrix.Bind(), y));

        Expect(matrix, x, y, 1, null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Many_products_have_inputs_of_their_own(int threads)
    {
        using var pool = new WorkerPool(threads);
        using TestTensor x = TestTensor.Random(12, 64);
        QuarterMatrix[] matrices = [.. Enumerable.Range(0, 12).Select(i => new QuarterMatrix(50 + i, 64, i))];
        TestTensor[] outputs = [.. matrices.Select(matrix => new TestTensor(1, matrix.Source.Rows))];
        ActivationBatch input = _encoder.Encode(pool, x.Tensor, ActivationParts.Values);
        for (int i = 0; i < matrices.Length; i++)
        {
            _product.Add(new BoundMatrix("w", matrices[i].Bind()), input.Slice(i, 1), outputs[i].Tensor, default);
        }

        _product.Run(pool);

        for (int i = 0; i < matrices.Length; i++)
        {
            for (int row = 0; row < matrices[i].Source.Rows; row++)
            {
                Assert.Equal(matrices[i].Dot(row, x.Tensor.Row(i)), outputs[i].Values[row], 1e-3);
            }

            matrices[i].Dispose();
            outputs[i].Dispose();
        }
    }

    [Fact]
    public void What_a_kernel_throws_comes_through_and_what_it_reads_is_observed()
    {
        using TestTensor x = TestTensor.Random(2, 32);
        using var y = new TestTensor(2, 700);
        using var matrix = new QuarterMatrix(700, 64);
        var seen = new List<(string, int)>();
        var bound = new BoundMatrix("w", matrix.Bind()) { Observer = (name, batch) => seen.Add((name, batch.Tokens)) };

        _product.Add(bound, _encoder.Encode(_pool, x.Tensor, bound.Reads), y.Tensor, default);

        Assert.Throws<ArgumentOutOfRangeException>(() => _product.Run(_pool));
        Assert.True(seen is [] or [("w", 2)]);
    }

    private void Run(WorkerPool pool, TestTensor x, params ReadOnlySpan<(IWeightMatrix Matrix, TestTensor Y)> products)
    {
        ActivationParts parts = ActivationParts.None;
        foreach ((IWeightMatrix matrix, _) in products)
        {
            parts |= matrix.Reads;
        }

        ActivationBatch input = _encoder.Encode(pool, x.Tensor, parts);
        foreach ((IWeightMatrix matrix, TestTensor y) in products)
        {
            _product.Add(new BoundMatrix("w", matrix), input, y.Tensor, default);
        }

        _product.Run(pool);
    }

    private static void Expect(QuarterMatrix matrix, TestTensor x, TestTensor y, float scale, float[]? bias)
    {
        for (int token = 0; token < x.Tensor.Rows; token++)
        {
            for (int row = 0; row < matrix.Source.Rows; row++)
            {
                double expected = (scale * matrix.Dot(row, x.Tensor.Row(token))) + (bias?[row] ?? 0);
                Assert.Equal(expected, y.Tensor.Row(token)[row], 1e-3);
            }
        }
    }

    /// <summary>Adds one to each output, if the batch holds what the matrix asked for.</summary>
    private sealed unsafe class CountingMatrix(int rows, int columns, ActivationParts reads, int granularity) : IWeightMatrix
    {
        private readonly List<(int First, int Count)> _tiles = [];

        public IReadOnlyList<(int First, int Count)> Tiles => _tiles;

        public int Rows => rows;

        public int Columns => columns;

        public ActivationParts Reads => reads;

        public int RowGranularity => granularity;

        public void Multiply(in ActivationBatch x, in OutputTile y)
        {
            lock (_tiles)
            {
                _tiles.Add((y.FirstRow, y.RowCount));
            }

            if (reads == ActivationParts.Q8 ? x.Quants == null : x.Values == null)
            {
                return;
            }

            for (int token = 0; token < x.Tokens; token++)
            {
                for (int row = y.FirstRow; row < y.FirstRow + y.RowCount; row++)
                {
                    y.Values[((long)token * y.Stride) + row]++;
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
