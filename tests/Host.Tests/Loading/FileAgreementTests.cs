using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;

namespace Tessera.Host.Tests.Loading;

/// <summary>What a file says in two places: it loads and generates, or it is refused when it is loaded, by the name of the place.</summary>
public class FileAgreementTests(TinyEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What is odd, what makes it so, and the place that the refusal names; null where the model loads.</summary>
    public static TheoryData<string, string?> Pairs => new(Cases.Select(pair => (pair.Key, pair.Value.Place)));

    private static Dictionary<string, (Action<TinyLlama> Change, string? Place)> Cases => new()
    {
        ["nothing"] = (_ => { }, null),
        ["fewer tokens than rows"] = (model => Resize(model, "tokenizer.ggml.tokens", 31, "tokenizer.ggml.scores", "tokenizer.ggml.token_type"), null),
        ["more tokens than rows"] = (model => Resize(model, "tokenizer.ggml.tokens", 33), "key 'tokenizer.ggml.tokens'"),
        ["a vocabulary size that neither has"] = (model => model.File.Set("llama.vocab_size", 5u), null),
        ["an output with other rows than the embedding"] = (model => Reshape(model, "output.weight", 64, 31), "tensor 'output.weight'"),
        ["an output with other columns than the width"] = (model => Reshape(model, "output.weight", 32, 32), "tensor 'output.weight'"),
        ["an embedding with other columns than the width"] = (model => Reshape(model, "token_embd.weight", 32, 32), "tensor 'token_embd.weight'"),
        ["fewer layers than tensors"] = (model => model.File.Set("llama.block_count", 1u), "tensor 'blk.1.attn_norm.weight'"),
        ["more layers than tensors"] = (model => model.File.Set("llama.block_count", 3u), "tensor 'blk.2.attn_norm.weight'"),
        ["a layer far beyond the last"] = (model => model.Tensors["blk.70.attn_q.weight"] = ([64, 64], new float[64 * 64]), "tensor 'blk.70.attn_q.weight'"),
        ["a weight of a layer that the equations do not have"] = (model => model.AddNorm("blk.0.attn_q_norm.weight", 16), "tensor 'blk.0.attn_q_norm.weight'"),
        ["how far a matrix' inputs reached"] = (model => model.AddNorm("blk.0.attn_q.input_scale", 1), null),
        ["a tensor that belongs to no layer"] = (model => model.AddNorm("extra.weight", 16), null),
        ["heads that make other rows"] = (model => model.File.Set("llama.attention.head_count", 2u), "tensor 'blk.0.attn_q.weight'"),
        ["heads that make no whole width"] = (model => model.File.Set("llama.attention.head_count", 5u), "key 'llama.attention.head_count_kv'"),
        ["key heads that make other rows"] = (model => model.File.Set("llama.attention.head_count_kv", 1u), "tensor 'blk.0.attn_k.weight'"),
        ["a key length that the matrices do not have"] = (model => model.File.Set("llama.attention.key_length", 32u), "tensor 'blk.0.attn_q.weight'"),
        ["a value length that the matrices do not have"] = (model => model.File.Set("llama.attention.value_length", 8u), "tensor 'blk.0.attn_v.weight'"),
        ["a value length whose product with the heads wraps around to the rows"] =
            (model => model.File.Set("llama.attention.value_length", 0x40000010u), "key 'llama.attention.value_length'"),
        ["a rotation longer than a key"] = (model => model.File.Set("llama.rope.dimension_count", 18u), "key 'llama.rope.dimension_count'"),
        ["a rotation shorter than a key"] = (model => model.File.Set("llama.rope.dimension_count", 8u), null),
        ["rotation factors for other pairs"] = (model => model.AddNorm("rope_freqs.weight", 7), "tensor 'rope_freqs.weight'"),
        ["a width that no tensor has"] = (model => model.File.Set("llama.embedding_length", 128u), "tensor 'token_embd.weight'"),
        ["a feed-forward length that no tensor has"] = (model => model.File.Set("llama.feed_forward_length", 95u), "tensor 'blk.0.ffn_gate.weight'"),
        ["a norm of another length"] = (model => model.AddNorm("blk.1.ffn_norm.weight", 63), "tensor 'blk.1.ffn_norm.weight'"),
        ["a matrix in three dimensions"] = (model => Reshape(model, "blk.1.ffn_up.weight", 64, 48, 2), "tensor 'blk.1.ffn_up.weight'"),
        ["a matrix with trailing extents of one"] = (model => Reshape(model, "blk.1.ffn_up.weight", 64, 96, 1, 1), null),
        ["a context of nothing"] = (model => model.File.Set("llama.context_length", 0u), null),
        ["a context beyond 32 bits"] = (model => model.File.Set("llama.context_length", ulong.MaxValue / 2), null),
        ["a token that is suppressed and does not exist"] = (model => model.File.SetArray("tokenizer.ggml.suppress_tokens", [-1, 32, int.MaxValue]), null),
        ["suppressed tokens that are texts"] = (model => model.File.SetArray("tokenizer.ggml.suppress_tokens", ["a"]), "key 'tokenizer.ggml.suppress_tokens'"),
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_file_that_says_two_things_is_loaded_and_generates_or_is_refused_when_it_is_loaded(string odd, string? place)
    {
        TinyLlama tiny = new TinyLlama().WithVocabulary();
        Cases[odd].Change(tiny);
        string path = engine.Save(tiny);
        if (place is not null)
        {
            var error = await Assert.ThrowsAsync<GgufException>(() => engine.Loader.LoadAsync(path, cancellationToken: Cancellation));
            Assert.Equal((place, path), (error.Place, error.File));
            var explained = Assert.Throws<GgufException>(() => engine.Explainer.Explain(path, cancellationToken: Cancellation));
            Assert.Equal(place, explained.Place);
            Assert.NotEqual(0, engine.Verifier.Verify(path, cancellationToken: Cancellation).Faults);
            return;
        }

        using LanguageModel model = await engine.Loader.LoadAsync(path, cancellationToken: Cancellation);
        using IModelSession session = model.CreateSession();
        var sampling = new SamplingOptions { Temperature = 5, TopK = 0, MinP = 0, TopP = 1 };
        var request = new GenerationRequest { Prompt = model.Encode("abc"), MaxTokens = 20, IgnoreEndOfGeneration = true, Sampling = sampling };
        Assert.Equal(20, session.Generate(request, Cancellation).Count());
        Assert.NotEmpty(engine.Explainer.Explain(path, cancellationToken: TestContext.Current.CancellationToken).Stages);
        Assert.False(engine.Verifier.Verify(path, cancellationToken: Cancellation).FileFailed);
    }

    [Fact]
    public async Task A_row_beyond_the_tokens_is_never_drawn()
    {
        TinyLlama tiny = TinyVocabulary.Alphabet();
        Resize(tiny, "tokenizer.ggml.tokens", 27, "tokenizer.ggml.scores", "tokenizer.ggml.token_type");
        using LanguageModel model = await engine.LoadAsync(tiny);
        using IModelSession session = model.CreateSession();
        var greedy = new SamplingOptions { Temperature = 0 };
        var request = new GenerationRequest { Prompt = [TinyVocabulary.Bos, TinyVocabulary.Letter('u')], MaxTokens = 3, Sampling = greedy };

        // The last tokens that are left are v and w; after w the model wants x, which is a row without a token.
        int[] ids = [.. session.Generate(request, Cancellation).Select(token => token.Id)];

        Assert.Equal([TinyVocabulary.Letter('v'), TinyVocabulary.Letter('w')], ids[..2]);
        Assert.InRange(ids[2], 0, 26);
    }

    private static void Reshape(TinyLlama model, string tensor, params long[] dimensions) =>
        model.Tensors[tensor] = (dimensions, [.. model.Tensors[tensor].Values.Take((int)dimensions.Aggregate((product, extent) => product * extent))]);

    /// <summary>Gives the vocabulary so many tokens, and so many scores and types as there are others named.</summary>
    private static void Resize(TinyLlama model, string tokens, int count, params string[] others)
    {
        model.File.SetArray(tokens, TinyVocabulary.Texts.Concat(["extra"]).Take(count));
        foreach (string key in others)
        {
            if (key.EndsWith("scores", StringComparison.Ordinal))
            {
                model.File.SetArray(key, [.. Enumerable.Range(0, count).Select(id => -(float)id)]);
            }
            else
            {
                model.File.SetArray(key, [.. Enumerable.Repeat(1, count)]);
            }
        }
    }
}
