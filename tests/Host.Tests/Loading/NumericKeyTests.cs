using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Memory;
using Tessera.Workbench.Verification;

namespace Tessera.Host.Tests.Loading;

/// <summary>
/// Whatever numbers a file's keys have, it is refused with an error or works, and what is allocated for it depends on its bytes, not on its numbers.
/// </summary>
[Collection(nameof(MeasuredAlone))]
public class NumericKeyTests(TinyEngine engine)
{
    private const int Pairs = 300;

    /// <summary>Tokenizer, activations of a batch, a context of 8192 and what loading needs once; measured 12 million.</summary>
    private const long LargestAllocation = 48 << 20;

    private static readonly ulong[] s_integers =
    [
        0, 1, 2, 3, 7, 16, 33, 1 << 16, 1 << 20, 1 << 30, int.MaxValue - 1, int.MaxValue,
        1UL << 31, 0x40000010, 0x80000010, uint.MaxValue, 1UL << 32, (1UL << 32) + 16,
        long.MaxValue, 1UL << 63, ulong.MaxValue,
    ];

    private static readonly float[] s_floats = [0, -1, 1e-30f, 1e30f, float.MaxValue, float.Epsilon, float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    private static long BytesTaken => SystemMemory.Models.Taken + SystemMemory.Sessions.Taken;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_number_alone_is_refused_or_works()
    {
        foreach ((string key, GgufValue value) in Changes())
        {
            await ExpectErrorOrResult((key, value));
        }
    }

    [Fact]
    public async Task Two_numbers_are_refused_or_work()
    {
        (string Key, GgufValue Value)[] changes = [.. Changes()];
        var random = new Random(20261130);
        for (int i = 0; i < Pairs; i++)
        {
            await ExpectErrorOrResult(changes[random.Next(changes.Length)], changes[random.Next(changes.Length)]);
        }
    }

    private static TinyLlama Model()
    {
        TinyLlama model = new TinyLlama().WithVocabulary();
        model.File.Set("llama.vocab_size", 32u);
        model.File.Set("llama.expert_count", 0u);
        model.File.Set("llama.rope.scaling.factor", 1f);
        model.File.Set("llama.rope.scaling.original_context_length", 64u);
        model.File.Set("split.count", 1u);
        model.File.Set("split.tensors.count", (uint)model.Tensors.Count);
        model.File.Set("general.alignment", 32u);
        return model;
    }

    /// <summary>Every numeric key of the model with every odd value that its kind can have.</summary>
    private static IEnumerable<(string Key, GgufValue Value)> Changes()
    {
        using GgufFile file = GgufFile.Read(Model().ToArray(), "tiny.gguf");
        foreach (string key in file.Metadata.Keys)
        {
            _ = file.Metadata.TryGetValue(key, out GgufValue? value);
            if (value!.IsInteger)
            {
                foreach (ulong integer in s_integers)
                {
                    yield return (key, Of(GgufValueType.UInt64, BitConverter.GetBytes(integer)));
                    yield return (key, Of(GgufValueType.Int32, BitConverter.GetBytes((uint)integer)));
                }
            }
            else if (value.Type == GgufValueType.Float32)
            {
                foreach (float number in s_floats)
                {
                    yield return (key, Of(GgufValueType.Float32, BitConverter.GetBytes(number)));
                }
            }
        }
    }

    private static GgufValue Of(GgufValueType type, byte[] bytes) => new(type, type, 1, bytes, -1);

    /// <summary>The integer, or 0 where 63 bits do not hold it.</summary>
    private static long Integer(GgufValue value) => Record.Exception(() => { value.AsInteger(); }) is null ? value.AsInteger() : 0;

    private async Task ExpectErrorOrResult(params (string Key, GgufValue Value)[] changes)
    {
        TinyLlama model = Model();
        foreach ((string key, GgufValue value) in changes)
        {
            if (key != "general.alignment" || (Integer(value) is > 0 and <= uint.MaxValue and var alignment && long.IsPow2(alignment) && alignment <= 4096))
            {
                model.File.Set(key, value);
            }
        }

        string path = engine.Save(model);
        string what = string.Join(", ", changes.Select(change => $"{change.Key} = {Convert.ToHexString(change.Value.Payload.Span)}"));
        (long managed, long native) = (GC.GetTotalAllocatedBytes(precise: true), BytesTaken);
        try
        {
            Exception? loading = await Record.ExceptionAsync(() => UseAsync(path));
            ModelVerification? verification = null;
            Exception? verifying = Record.Exception(() => { verification = engine.Verifier.Verify(path, cancellationToken: Cancellation); });
            Exception? explaining = Record.Exception(() => { engine.Explainer.Explain(path, cancellationToken: TestContext.Current.CancellationToken); });

            Assert.True(loading is null or TesseraException, $"{what}: {loading}");
            Assert.True(verifying is null or GgufException, $"{what}: {verifying}");
            Assert.True(explaining is null or TesseraException, $"{what}: {explaining}");
            Assert.True(loading is not GgufException || verification is null or { Faults: > 0 }, $"{what}: verified as sound, but {loading?.Message}");
        }
        finally
        {
            File.Delete(path);
        }

        managed = GC.GetTotalAllocatedBytes(precise: true) - managed;
        native = BytesTaken - native;
        Assert.True(managed + native < LargestAllocation, $"{what}: {managed:N0} bytes of the collector's, {native:N0} of the system's");
    }

    private async Task UseAsync(string path)
    {
        using LanguageModel model = await engine.Loader.LoadAsync(path, new ModelOptions { Threads = 1 }, cancellationToken: Cancellation);
        using IModelSession session = model.CreateSession();
        var request = new GenerationRequest { Prompt = [1, 3, 30], MaxTokens = 3, Sampling = new SamplingOptions { Temperature = 0 } };
        Assert.NotEmpty(session.Generate(request, Cancellation).ToArray());
    }
}
