using System.CommandLine;
using Tessera.Generation;

namespace Tessera.Cli;

/// <summary>The samplers' options, named and preset as llama.cpp's.</summary>
internal sealed class SamplingArguments
{
    private static readonly SamplingOptions Defaults = new();

    private readonly Option<float> _temperature = Number("--temp", "Temperature; 0 takes the best token always.", Defaults.Temperature);
    private readonly Option<int> _topK = new("--top-k") { Description = "Only the K best tokens; 0 for all.", HelpName = "K", DefaultValueFactory = _ => Defaults.TopK };
    private readonly Option<float> _topP = Number("--top-p", "Only the best tokens that reach this probability together; 1 for all.", Defaults.TopP);
    private readonly Option<float> _minP = Number("--min-p", "Only tokens at least this likely relative to the best; 0 for all.", Defaults.MinP);
    private readonly Option<float> _typical = Number("--typical", "Locally typical sampling; 1 for all.", Defaults.TypicalP);
    private readonly Option<float> _repeatPenalty = Number("--repeat-penalty", "Penalty for tokens that appeared; 1 for none.", Defaults.RepeatPenalty);
    private readonly Option<int> _repeatLastN = new("--repeat-last-n") { Description = "Tokens that penalties look back at.", HelpName = "N", DefaultValueFactory = _ => Defaults.RepeatLastN };
    private readonly Option<float> _frequencyPenalty = Number("--frequency-penalty", "Penalty per appearance.", Defaults.FrequencyPenalty);
    private readonly Option<float> _presencePenalty = Number("--presence-penalty", "Penalty for having appeared.", Defaults.PresencePenalty);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_temperature, _topK, _topP, _minP, _typical, _repeatPenalty, _repeatLastN, _frequencyPenalty, _presencePenalty])
        {
            command.Options.Add(option);
        }
    }

    /// <param name="arguments">The command line.</param>
    /// <param name="file">What holds where it says nothing.</param>
    public SamplingOptions Read(ParseResult arguments, SamplingOptions file) => new()
    {
        Temperature = Of(arguments, _temperature, file.Temperature),
        TopK = Of(arguments, _topK, file.TopK),
        TopP = Of(arguments, _topP, file.TopP),
        MinP = Of(arguments, _minP, file.MinP),
        TypicalP = Of(arguments, _typical, file.TypicalP),
        RepeatPenalty = Of(arguments, _repeatPenalty, file.RepeatPenalty),
        RepeatLastN = Of(arguments, _repeatLastN, file.RepeatLastN),
        FrequencyPenalty = Of(arguments, _frequencyPenalty, file.FrequencyPenalty),
        PresencePenalty = Of(arguments, _presencePenalty, file.PresencePenalty),
    };

    private static T Of<T>(ParseResult arguments, Option<T> option, T file) =>
        arguments.GetResult(option) is { Implicit: false } ? arguments.GetRequiredValue(option) : file;

    private static Option<float> Number(string name, string description, float value) =>
        new(name) { Description = description, HelpName = "X", DefaultValueFactory = _ => value };
}
