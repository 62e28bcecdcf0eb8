using System.CommandLine;
using Tessera.Cli.Options;
using Tessera.Generation;
using Tessera.Loading;

namespace Tessera.Cli.Tracing;

/// <summary>The options that say what a model is traced with: a text or token ids, and how they are read.</summary>
internal sealed class PromptArguments
{
    private readonly Option<string?> _prompt = new("--prompt", "-p")
    {
        Description = "The text that goes in. Special tokens in it are recognized.",
        HelpName = "PROMPT",
    };
    private readonly Option<int[]?> _ids = TokenIds.Option();
    private readonly Option<string?> _tokenizer = CommonOptions.Tokenizer();
    private readonly Option<string?> _pre = CommonOptions.PreTokenizer();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_prompt, _ids, _tokenizer, _pre, _threads])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_prompt) is not null && result.GetResult(_ids) is not null)
            {
                result.AddError("Give either --prompt or --ids, not both.");
            }
        });
    }

    /// <summary>How a model is loaded, with these options.</summary>
    public ModelOptions Complete(ModelOptions options, ParseResult arguments) => options with
    {
        Threads = arguments.GetValue(_threads),
        Tokenizer = arguments.GetValue(_tokenizer),
        PreTokenizer = arguments.GetValue(_pre),
    };

    /// <summary>The tokens that go into a model.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="model">The model, whose tokenizer reads a text.</param>
    /// <param name="otherwise">The tokens where the command line names none.</param>
    public IReadOnlyList<int> Read(ParseResult arguments, LanguageModel model, IReadOnlyList<int>? otherwise = null) =>
        arguments.GetValue(_ids) is { Length: > 0 } ids ? ids
        : arguments.GetValue(_prompt) is { } prompt ? model.Encode(prompt)
        : otherwise ?? throw new TesseraException("There is nothing to trace: give a text with -p or token ids with --ids.");
}
