using System.Security.Cryptography;

namespace Tessera.Generation;

/// <summary>
/// Chooses the next token from a model's logits. The same options, seed, accepted tokens and logits give the same tokens on every machine.
/// An instance belongs to one generation and one thread; choosing allocates nothing.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly int _vocabularySize;
    private readonly int[] _suppressed;
    private readonly float[] _allowed;
    private readonly Penalties? _penalties;

    // Null for a greedy choice, which takes the largest logit of all: only typical-p may drop that one.
    private readonly TopK? _topK;
    private Xoshiro256 _random;

    /// <summary>Makes a sampler.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="vocabularySize">How many logits the model computes.</param>
    /// <param name="suppressed">Tokens that are never chosen; null for none. Ids that do not exist count for nothing.</param>
    /// <exception cref="TesseraException">A value of the options makes no sense, or no token is left.</exception>
    public Sampler(SamplingOptions options, int vocabularySize, IEnumerable<int>? suppressed = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        options.Validate();
        _options = options;
        _vocabularySize = vocabularySize;
        _suppressed = [.. (suppressed ?? []).Where(id => (uint)id < (uint)vocabularySize).Distinct()];
        if (_suppressed.Length == vocabularySize)
        {
            throw new TesseraException($"All {vocabularySize} tokens are suppressed: no token may come next.");
        }

        _allowed = _suppressed.Length == 0 ? [] : new float[vocabularySize];
        _penalties = Penalties.AreOff(options) ? null : new Penalties(options, vocabularySize);
        _topK = IsGreedy && options.TypicalP >= 1 ? null : new TopK(options.TopK, vocabularySize);

        // A random seed has 32 bits, to be typed again easily.
        Seed = options.Seed ?? (uint)RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);
        _random = new Xoshiro256(Seed);
    }

    /// <summary>The seed in use: the options' own, or the random one that was drawn.</summary>
    public ulong Seed { get; }

    private bool IsGreedy => _options.Temperature <= 0;

    /// <summary>Remembers a token for the penalties: each of the prompt, and each that was chosen (<see cref="Sample"/> does not do it).</summary>
    /// <param name="id">A token id of the vocabulary.</param>
    public void Accept(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, _vocabularySize);
        _penalties?.Accept(id);
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">One per token of the vocabulary; negative infinity forbids a token.</param>
    /// <returns>The token's id.</returns>
    /// <exception cref="ArgumentException">There are more or fewer logits than tokens.</exception>
    /// <exception cref="TesseraException">A logit is NaN or positive infinity, or all are negative infinity.</exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        if (_topK is null)
        {
            logits = Adjust(logits);
            return Logits.IndexOf(logits, Logits.Largest(logits));
        }

        Span<Candidate> candidates = Truncate(logits);
        return IsGreedy ? Likeliest(candidates) : Draw(candidates);
    }

    /// <summary>The natural logarithm of the probability that the model itself gives a token: no penalty, no truncation, temperature 1.</summary>
    /// <param name="logits">One per token of the vocabulary.</param>
    /// <param name="id">A token id.</param>
    /// <exception cref="TesseraException">A logit is NaN or positive infinity, or all are negative infinity.</exception>
    public static double LogProbability(ReadOnlySpan<float> logits, int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, logits.Length);
        return Softmax.LogProbability(logits, id);
    }

    /// <summary>The candidates that all steps before the temperature leave.</summary>
    internal Span<Candidate> Truncate(ReadOnlySpan<float> logits)
    {
        logits = Adjust(logits);
        Logits.Largest(logits);
        Span<Candidate> candidates = _topK!.Select(logits);
        if (_options.TypicalP < 1)
        {
            candidates = candidates[..TypicalP.Keep(candidates, _options.TypicalP)];
        }

        if (_options.TopP < 1)
        {
            candidates = candidates[..TopP.Keep(candidates, _options.TopP)];
        }

        if (_options.MinP > 0)
        {
            candidates = candidates[..MinP.Keep(candidates, _options.MinP)];
        }

        return candidates;
    }

    /// <summary>The logits without the suppressed tokens and after the penalties, in buffers that the next call overwrites.</summary>
    private ReadOnlySpan<float> Adjust(ReadOnlySpan<float> logits)
    {
        if (logits.Length != _vocabularySize)
        {
            throw new ArgumentException($"{logits.Length} logits for a vocabulary of {_vocabularySize} tokens", nameof(logits));
        }

        if (_suppressed.Length > 0)
        {
            logits.CopyTo(_allowed);
            foreach (int id in _suppressed)
            {
                _allowed[id] = float.NegativeInfinity;
            }

            logits = _allowed;
        }

        return _penalties is null ? logits : _penalties.Apply(logits);
    }

    private int Draw(Span<Candidate> candidates)
    {
        double target = Softmax.Weigh(candidates, _options.Temperature) * _random.NextDouble();
        int chosen = 0;
        double sum = candidates[0].Weight;

        // NextDouble is below 1, so the target is below the sum of all weights, which is added up here in the same order.
        while (sum <= target)
        {
            sum += candidates[++chosen].Weight;
        }

        return candidates[chosen].Id;
    }

    private static int Likeliest(ReadOnlySpan<Candidate> candidates)
    {
        Candidate best = candidates[0];
        foreach (ref readonly Candidate candidate in candidates)
        {
            if (candidate.Logit > best.Logit || (candidate.Logit == best.Logit && candidate.Id < best.Id))
            {
                best = candidate;
            }
        }

        return best.Id;
    }
}
