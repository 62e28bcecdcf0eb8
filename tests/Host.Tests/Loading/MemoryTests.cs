using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Memory;
using Tessera.Numerics;

namespace Tessera.Host.Tests.Loading;

/// <summary>What is taken of memory, and that it comes back.</summary>
[Collection(nameof(MeasuredAlone))]
public class MemoryTests(TinyEngine engine)
{
    private const int Patience = 100_000;
    private const long FewSessions = 100 << 20;

    /// <summary>What loading, verifying and explaining allocate besides twice the file.</summary>
    private const long Constant = 32 << 20;

    private static long BytesHeld => SystemMemory.Models.Held + SystemMemory.Sessions.Held;

    private static long BytesTaken => SystemMemory.Models.Taken + SystemMemory.Sessions.Taken;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_that_were_forgotten_are_collected_without_anyone_asking()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama(), NumericsMode.Fast);
        long before = BytesHeld;
        for (int i = 0; i < 2000 || (BytesHeld - before > FewSessions && i < Patience); i++)
        {
            Forget(model);
            GC.WaitForPendingFinalizers();
        }

        Assert.InRange(BytesHeld - before, 0, FewSessions);
    }

    [Fact]
    public void The_collector_runs_whenever_what_is_held_has_doubled()
    {
        const int Piece = 32 << 20;
        var runs = new List<int>();
        int pieces = 0;
        var account = new MemoryAccount(() => runs.Add(pieces));
        account.Take(1L << 40);
        Assert.Empty(runs);

        account.GiveBack(1L << 40);
        for (; pieces < 64; pieces++)
        {
            account.Take(Piece);
        }

        // Beyond 64 MB, then beyond twice what was held.
        Assert.Equal([3, 7, 15, 31, 63], runs);
        Assert.Equal((64L * Piece, (1L << 40) + (64L * Piece)), (account.Held, account.Taken));
        account.GiveBack(60L * Piece);
        runs.Clear();
        account.Take(6L * Piece);
        account.Take(Piece);
        Assert.Equal([64], runs);
    }

    [Fact]
    public async Task Disposed_sessions_and_models_give_all_their_memory_back()
    {
        // What earlier tests have left to the collector would go meanwhile.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = BytesHeld;
        string path = engine.Save(new TinyLlama { MatrixType = GgmlType.Q8_0 });
        using (LanguageModel model = await engine.Loader.LoadAsync(path, new ModelOptions { Threads = 2, Map = false }, cancellationToken: Cancellation))
        {
            using IModelSession session = model.CreateSession();
            session.Evaluate([1, 2, 3], new float[32], Cancellation);
            Assert.True(BytesHeld > before + new FileInfo(path).Length);
        }

        Assert.Equal(before, BytesHeld);
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.Q8_0)]
    public async Task Loading_verifying_and_explaining_take_no_more_than_twice_the_file_and_a_constant(GgmlType type)
    {
        var shape = new TinyShape { Width = 1024, FeedForward = 4096, Heads = 8, KvHeads = 1, Layers = 3 };
        string path = engine.Save(new TinyLlama(shape) { MatrixType = type });
        long file = new FileInfo(path).Length;

        long loading = await Allocated(
            async () => (await engine.Loader.LoadAsync(path, new ModelOptions { Threads = 2 }, cancellationToken: Cancellation)).Dispose());
        long verifying = await Allocated(() => Task.Run(() => engine.Verifier.Verify(path, cancellationToken: Cancellation), Cancellation));
        long explaining = await Allocated(() => Task.Run(() => engine.Explainer.Explain(path, cancellationToken: Cancellation), Cancellation));

        Assert.InRange(loading, 0, (2 * file) + Constant);
        Assert.InRange(verifying, 0, (2 * file) + Constant);
        Assert.InRange(explaining, 0, (2 * file) + Constant);
    }

    [Fact]
    public async Task Matrices_of_a_row_are_not_filled_up_to_whole_panels()
    {
        var shape = new TinyShape
        {
            Width = 1 << 15,
            FeedForward = 1,
            Heads = 1,
            KvHeads = 1,
            KeyLength = 2,
            ValueLength = 1,
            Rotated = 2,
            Layers = 4,
            Vocabulary = 4,
            Tied = true,
        };
        string path = engine.Save(new TinyLlama(shape));
        long before = BytesHeld;

        using LanguageModel model = await engine.Loader.LoadAsync(path, new ModelOptions { Threads = 2 }, cancellationToken: Cancellation);

        Assert.InRange(BytesHeld - before, 0, 2 * new FileInfo(path).Length);
    }

    [Fact]
    public async Task A_row_of_any_length_is_verified_in_pieces()
    {
        const int Columns = (1 << 18) + 77;
        var tiny = new TinyLlama();
        float[] values = [.. Enumerable.Range(0, 3 * Columns).Select(i => 1 + (i % 7))];
        Array.Clear(values, Columns, Columns);
        values[^1] = float.NaN;
        tiny.Tensors["long.weight"] = ([Columns, 3], values);
        string path = engine.Save(tiny);

        string[] findings = [.. engine.Verifier.Verify(path, cancellationToken: Cancellation).Checks
            .Single(check => check.Name == "weights").Findings.Select(finding => finding.Text)];
        long allocated = await Allocated(() => Task.Run(() => engine.Verifier.Verify(path, cancellationToken: Cancellation), Cancellation));

        Assert.Contains(findings, text => text.Contains($"1 value is no finite number, the first in row 2, column {Columns - 1} ", StringComparison.Ordinal));
        Assert.Contains(findings, text => text.Contains("1 row is all zeros, the first is row 1.", StringComparison.Ordinal));
        Assert.Equal(2, findings.Length);
        Assert.InRange(allocated, 0, Constant);
    }

    [Fact]
    public void Tensors_of_formats_that_nobody_knows_may_claim_any_number_of_values()
    {
        var tiny = new TinyLlama();
        for (int i = 0; i < 4; i++)
        {
            tiny.File.AddTensor($"odd.{i}", (GgmlType)12345, [1L << 40, 1L << 22], new byte[32]);
        }

        string path = engine.Save(tiny);

        Assert.Equal(0, engine.Verifier.Verify(path, cancellationToken: Cancellation).Checks
            .Where(check => check.Name != "plugins").Sum(check => check.Findings.Count(finding => finding.IsFault)));
        Assert.NotEmpty(engine.Explainer.Explain(path, cancellationToken: TestContext.Current.CancellationToken).Tensors);
        using GgufModelFile file = GgufModelFile.Open(path);
        Assert.Equal(long.MaxValue, file.Elements);
    }

    private static void Forget(LanguageModel model) => model.CreateSession().Evaluate([1], [], Cancellation);

    private static async Task<long> Allocated(Func<Task> work)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true) + BytesTaken;
        await work();
        return GC.GetTotalAllocatedBytes(precise: true) + BytesTaken - before;
    }
}
