using System.CommandLine;
using Tessera.Cli.Options;
using Tessera.Cli.Tokens;
using Tessera.Cli.Tracing;
using Tessera.Loading;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera compare</c>: where two runs, or two tokenizations, part.</summary>
internal sealed class CompareCommand
{
    private readonly Argument<string> _a = new("A")
    {
        Description = "The reference: a trace (of 'tessera trace' or llama-eval-callback) or a GGUF file. With --tokens the GGUF file.",
    };
    private readonly Argument<string?> _b = new("B")
    {
        Description = "What is compared with it; A itself where only the numerics differ. With --tokens the expected ids, JSON Lines.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<bool> _tokens = new("--tokens")
    {
        Description = "Compare token ids: A is a GGUF file, B holds the expected ids, JSON Lines of 'text', 'ids', 'ids_special' and 'detok'.",
    };
    private readonly PromptArguments _prompt = new();
    private readonly TraceComparer _traces;
    private readonly TokenComparer _tokenizations = new();

    private CompareCommand() => _traces = new TraceComparer(_prompt);

    public static Command Create()
    {
        var compare = new CompareCommand();
        CommonOptions.RefuseUnknownOptions(compare._a);
        CommonOptions.RefuseUnknownOptions(compare._b);
        var command = new Command(
            "compare", "Compares two traces or models node by node and points out the first node beyond a tolerance. The exit code is 1 if there is one.")
        {
            compare._a, compare._b, compare._tokens, compare._json,
        };
        compare._tokenizations.AddTo(command);
        compare._prompt.AddTo(command);
        compare._traces.AddTo(command);
        command.SetAction(compare.ExecuteAsync);
        return command;
    }

    private Task<int> ExecuteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string a = arguments.GetRequiredValue(_a);
        if (arguments.GetValue(_tokens))
        {
            string expected = arguments.GetValue(_b) ?? throw new TesseraException("compare --tokens takes a GGUF file and a file of expected ids.");
            return Task.FromResult(_tokenizations.Compare(a, expected, _prompt.Complete(new ModelOptions(), arguments), arguments.GetValue(_json), arguments));
        }

        return _traces.CompareAsync(a, arguments.GetValue(_b) ?? a, arguments.GetValue(_json), arguments, cancellationToken);
    }
}
