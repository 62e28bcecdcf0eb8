using System.CommandLine;
using System.CommandLine.Parsing;
using Tessera.Cli.Commands.Plugins;
using Tessera.Cli.Options;

namespace Tessera.Cli.Commands;

/// <summary>All commands, with what holds for each of their options and arguments.</summary>
internal static class CommandTree
{
    public static Option<bool> Debug { get; } = new("--debug") { Description = "After an error, show where in the program it happened.", Recursive = true };

    /// <summary>Text is text: what begins with @ is not the name of a file of options.</summary>
    private static ParserConfiguration Configuration { get; } = new() { ResponseFileTokenReplacer = null };

    public static ParseResult Parse(params string[] arguments)
    {
        RootCommand root = Create();
        string[] options = [.. arguments.TakeWhile(argument => argument != "--")];
        HoldToRules(root, options);
        return root.Parse(arguments, Configuration);
    }

    public static RootCommand Create()
    {
        return new RootCommand("Runs GGUF language models with an engine made of plugins.")
        {
            RunCommand.Create(),
            TokenizeCommand.Create(),
            LogitsCommand.Create(),
            PerplexityCommand.Create(),
            TraceCommand.Create(),
            CompareCommand.Create(),
            BenchCommand.Create(),
            QuantizeCommand.Create(),
            ImatrixCommand.Create(),
            InspectCommand.Create(),
            ExplainCommand.Create(),
            VerifyCommand.Create(),
            PluginsCommand.Create(),
            CommonOptions.Plugins,
            CommonOptions.PluginsLocked,
            CommonOptions.Use,
            Debug,
        };
    }

    private static void HoldToRules(Command command, string[] arguments)
    {
        foreach (Option option in command.Options)
        {
            if (option.ValueType == typeof(bool))
            {
                // Otherwise a text that happens to be "true" behind it would be its value; with this, '--json=x' is read as '--json x'.
                option.Arity = ArgumentArity.Zero;
                option.Validators.Add(result =>
                {
                    if (arguments.Any(argument => argument.StartsWith($"{result.IdentifierToken}=", StringComparison.Ordinal)
                        || argument.StartsWith($"{result.IdentifierToken}:", StringComparison.Ordinal)))
                    {
                        result.AddError($"{option.Name} takes no value.");
                    }
                });
            }

            option.Validators.Add(result => RefuseEmpty(result, option.Name, result.Tokens));
        }

        foreach (Argument argument in command.Arguments)
        {
            argument.Validators.Add(result => RefuseEmpty(result, argument.Name, result.Tokens));
        }

        foreach (Command subcommand in command.Subcommands)
        {
            HoldToRules(subcommand, arguments);
        }
    }

    /// <summary>A prompt may be empty; a name, a path and a number may not.</summary>
    private static void RefuseEmpty(SymbolResult result, string name, IReadOnlyList<Token> tokens)
    {
        if (name is not ("--prompt" or "TEXT") && tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError($"{name} takes more than an empty text.");
        }
    }
}
