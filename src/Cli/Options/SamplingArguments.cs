using System.CommandLine;
using Tessera.Generation;

namespace Tessera.Cli.Options;

/// <summary>The samplers' options, named and preset as llama.cpp's.</summary>
internal sealed class SamplingArguments
{
    private static readonly SamplingOptions Defaults = new();

    private readonly Option<float> _temperature = Real(
        "--temp", "Temperature; 0 or less takes the best token always.", Defaults.Temperature, float.MinValue, float.MaxValue);
    private readonly Option<int> _topK = Whole("--top-k", "Only the K best tokens; 0 or less for all.", "K", Defaults.TopK, int.MinValue);
    private readonly Option<float> _topP = Real("--top-p", "Only the best tokens that reach this probability together; 1 for all.", Defaults.TopP, 0, 1);
    private readonly Option<float> _minP = Real("--min-p", "Only tokens at least this likely relative to the best; 0 for all.", Defaults.MinP, 0, 1);
    private readonly Option<float> _typical = Real("--typical", "Locally typical sampling; 1 for all.", Defaults.TypicalP, 0, 1);
    private readonly Option<float> _repeatPenalty = Real(
        "--repeat-penalty", "Penalty for tokens that appeared; 1 for none.", Defaults.RepeatPenalty, 1e-6f, float.MaxValue);
    private readonly Option<int> _repeatLastN = Whole(
        "--repeat-last-n", "Tokens that penalties look back at; 0 for none, -1 for the whole context.", "N", Defaults.RepeatLastN, -1);
    private readonly Option<float> _frequencyPenalty = Real(
        "--frequency-penalty", "Penalty per appearance.", Defaults.FrequencyPenalty, float.MinValue, float.MaxValue);
    private readonly Option<float> _presencePenalty = Real(
        "--presence-penalty", "Penalty for having appeared.", Defaults.PresencePenalty, float.MinValue, float.MaxValue);

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

    private static Option<float> Real(string name, string description, float value, float minimum, float maximum) => new(name)
    {
        Description = description,
        HelpName = "X",
        DefaultValueFactory = _ => value,
        CustomParser = argument => Number.Of(argument, minimum, maximum),
    };

    private static Option<int> Whole(string name, string description, string helpName, int value, int minimum) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => value,
        CustomParser = argument => Number.Of(argument, minimum, int.MaxValue),
    };
}
