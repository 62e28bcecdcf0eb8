using System.Diagnostics;
using Tessera.Diagnostics;
using Tessera.Tokenization;

namespace Tessera.Generation;

/// <summary>The loop of a generation, one token a call: evaluate what is new, sample, decode. Whoever runs it has the session to itself.</summary>
internal sealed class Generator : IDisposable
{
    private readonly LanguageModel _model;
    private readonly ModelSession _session;
    private readonly GenerationRequest _request;
    private readonly Sampler _sampler;
    private readonly StreamingDecoder _decoder;
    private readonly StopStrings _stopStrings;
    private readonly IReadOnlySet<int> _endOfGeneration;
    private readonly float[] _logits;
    private readonly float[] _changed;
    private readonly Activity? _activity;
    private int[] _pending;
    private int _generated;

    public Generator(LanguageModel model, ModelSession session, GenerationRequest request)
    {
        model.ExpectUnchanged();
        if (request.Prompt.Count == 0)
        {
            throw new TesseraException("The prompt holds no token.");
        }

        if (request.Prompt.Count > session.ContextLength)
        {
            throw new TesseraException($"The prompt's {request.Prompt.Count} tokens do not fit the context of {session.ContextLength}.");
        }

        if (request.MaxTokens < 0)
        {
            throw new TesseraException($"{request.MaxTokens} tokens cannot be asked for.");
        }

        _model = model;
        _session = session;
        _request = request;
        _decoder = new StreamingDecoder(model.Tokenizer, showSpecial: false);
        _sampler = model.CreateSampler(request.Sampling);
        _stopStrings = new StopStrings(request.Stop);
        _endOfGeneration = model.Tokenizer.Vocabulary.EndOfGeneration;
        _logits = new float[model.Shape.Vocabulary];
        _changed = request.BeforeSampling is null ? _logits : new float[_logits.Length];
        foreach (int id in request.Prompt)
        {
            model.ExpectToken(id);
            _sampler.Accept(id);
        }

        // The last prompt token is always evaluated: its logits are where the generation begins.
        int kept = Math.Min(CommonPrefix(session.Tokens, request.Prompt), request.Prompt.Count - 1);
        kept = session.Forget(kept);
        _pending = [.. request.Prompt.Skip(kept)];
        Telemetry.InputTokens.Add(request.Prompt.Count);
        Telemetry.CachedTokens.Add(kept);
        _activity = StartActivity(request.Prompt.Count, kept);
    }

    /// <summary>Fills the KV cache with the prompt.</summary>
    public void EvaluatePrompt(CancellationToken cancellationToken) => _session.Compute(_pending, [], cancellationToken);

    public GeneratedToken Next(CancellationToken cancellationToken)
    {
        _session.Compute(_pending, _logits, cancellationToken);
        int id = Sample();
        _sampler.Accept(id);
        _generated++;
        Telemetry.OutputTokens.Add(1);
        if (_pending.Length != 1)
        {
            _pending = new int[1];
        }

        _pending[0] = id;
        bool ends = !_request.IgnoreEndOfGeneration && _endOfGeneration.Contains(id);
        string text = _stopStrings.Append(ends ? "" : _decoder.Append(id));
        StopReason stop = ends ? StopReason.EndOfGeneration : ReasonToStop();
        if (stop is not (StopReason.None or StopReason.StopString))
        {
            text += _stopStrings.Append(_decoder.Flush()) + _stopStrings.Flush();
            stop = _stopStrings.Matched is null ? stop : StopReason.StopString;
        }

        if (stop != StopReason.None)
        {
            _model.ExpectUnchanged();
        }

        return new GeneratedToken(id, text, (float)Sampler.LogProbability(_logits, id), stop);
    }

    public void Dispose()
    {
        _activity?.SetTag("tessera.tokens.output", _generated);
        _activity?.Dispose();
    }

    /// <summary>Begins the generation's span, which is not the caller's: between two tokens that one goes on.</summary>
    private Activity? StartActivity(int prompt, int cached)
    {
        Activity? callers = Activity.Current;
        Activity? activity = Telemetry.Activities.StartActivity("tessera.generate");
        activity?.SetTag("tessera.model.path", _model.Path).SetTag("tessera.tokens.input", prompt).SetTag("tessera.tokens.cached", cached);
        Activity.Current = callers;
        return activity;
    }

    private int Sample()
    {
        try
        {
            if (_request.BeforeSampling is { } hook)
            {
                _logits.CopyTo(_changed);
                hook(_session.Tokens, _changed);
            }

            return _sampler.Sample(_changed);
        }
        catch (TesseraException e)
        {
            throw new TesseraException($"{_model.Path}: {e.Message}", e);
        }
    }

    private StopReason ReasonToStop() =>
        _stopStrings.Matched is not null ? StopReason.StopString
        : _generated >= _request.MaxTokens ? StopReason.Length
        : _session.Tokens.Count >= _session.ContextLength ? StopReason.ContextFull
        : StopReason.None;

    private static int CommonPrefix(IReadOnlyList<int> cached, IReadOnlyList<int> prompt)
    {
        int length = 0;
        while (length < cached.Count && length < prompt.Count && cached[length] == prompt[length])
        {
            length++;
        }

        return length;
    }
}
