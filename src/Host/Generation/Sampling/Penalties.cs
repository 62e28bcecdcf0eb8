namespace Tessera.Generation;

/// <summary>
/// Makes the tokens that occurred among the last ones less likely: a positive logit is divided by the repeat penalty and any other multiplied,
/// then count x frequency penalty + presence penalty is subtracted.
/// </summary>
internal sealed class Penalties
{
    private readonly SamplingOptions _options;
    private readonly Queue<int> _last;
    private readonly int[] _counts;
    private readonly float[] _penalized;

    public Penalties(SamplingOptions options, int vocabularySize)
    {
        _options = options;
        _last = new Queue<int>(Math.Clamp(options.RepeatLastN, 0, 4096));
        _counts = new int[vocabularySize];
        _penalized = new float[vocabularySize];
    }

    public static bool AreOff(SamplingOptions options) =>
        options.RepeatLastN == 0 || options is { RepeatPenalty: 1, FrequencyPenalty: 0, PresencePenalty: 0 };

    public void Accept(int id)
    {
        if (_last.Count == _options.RepeatLastN)
        {
            _counts[_last.Dequeue()]--;
        }

        _last.Enqueue(id);
        _counts[id]++;
    }

    /// <summary>The logits after the penalties, in a buffer that the next call overwrites.</summary>
    public ReadOnlySpan<float> Apply(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_penalized);

        // A token that occurred twice is written twice, with the same value.
        foreach (int id in _last)
        {
            float logit = logits[id];
            logit = logit > 0 ? logit / _options.RepeatPenalty : logit * _options.RepeatPenalty;
            _penalized[id] = logit - (_counts[id] * _options.FrequencyPenalty + _options.PresencePenalty);
        }

        return _penalized;
    }
}
