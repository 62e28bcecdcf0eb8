using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Cli.Options;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Tokenization;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera tokenize</c>: text to token ids and back.</summary>
internal sealed class TokenizeCommand
{
    private readonly Argument<string> _model = CommonOptions.Model();
    private readonly Argument<string?> _text = new("TEXT")
    {
        Description = "The text; standard input where neither this nor --file is given.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "JSON Lines, each an object with a 'text' member.", HelpName = "texts.jsonl" };
    private readonly Option<bool> _special = new("--special") { Description = "Add BOS and EOS as the model asks and recognize special tokens in the text." };
    private readonly Option<string?> _tokenizer = CommonOptions.Tokenizer();
    private readonly Option<string?> _pre = CommonOptions.PreTokenizer();
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var tokenize = new TokenizeCommand();
        var command = new Command("tokenize", "Turns text into token ids.")
        {
            tokenize._model, tokenize._text, tokenize._file, tokenize._special, tokenize._tokenizer, tokenize._pre, tokenize._json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(tokenize._text) is not null && result.GetResult(tokenize._file) is not null)
            {
                result.AddError("Give either TEXT or --file, not both.");
            }
        });
        command.SetAction(tokenize.Execute);
        return command;
    }

    private int Execute(ParseResult arguments)
    {
        using var engine = new Engine(arguments);
        using GgufModelFile file = GgufModelFile.Open(arguments.GetRequiredValue(_model));
        ITokenizer tokenizer = engine.Loader.CreateTokenizer(
            file.Metadata, new ModelOptions { Tokenizer = arguments.GetValue(_tokenizer), PreTokenizer = arguments.GetValue(_pre) });
        var encoder = new PromptEncoder(tokenizer);
        bool special = arguments.GetValue(_special);
        bool json = arguments.GetValue(_json);
        string? path = arguments.GetValue(_file);
        IEnumerable<byte[]> texts = path is not null ? JsonLines.Read(path, "a string 'text'", (_, text, _) => Encoding.UTF8.GetBytes(text))
            : arguments.GetValue(_text) is { } argument ? [Encoding.UTF8.GetBytes(argument)]
            : [Terminal.ReadInput()];
        foreach (byte[] text in texts)
        {
            IReadOnlyList<int> ids = encoder.Encode(text, addSpecial: special, parseSpecial: special);
            if (json)
            {
                Terminal.Exact.WriteLine(CliJson.Serialize(new TokenizeResult(ids, StreamingDecoder.Decode(tokenizer, ids))));
            }
            else if (!Terminal.IsOutput)
            {
                Terminal.Exact.WriteLine(string.Join(' ', ids));
            }
            else
            {
                Show(tokenizer, ids);
            }
        }

        return ExitCode.Success;
    }

    private static void Show(ITokenizer tokenizer, IReadOnlyList<int> ids)
    {
        Vocabulary vocabulary = tokenizer.Vocabulary;
        foreach (int id in ids)
        {
            string colour = vocabulary.TypeOf(id) switch
            {
                TokenType.Control => "yellow",
                TokenType.UserDefined => "aqua",
                TokenType.Byte or TokenType.Unknown => "red",
                _ => "green",
            };
            Terminal.Line($"{id,7}  [{colour}]{JsonEncodedText.Encode(vocabulary.StringOf(id), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}[/]");
        }
    }
}
