using Tessera.Cli.Json;
using Tessera.Cli.Tokens;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;

namespace Tessera.Fuzz.Targets;

/// <summary>JSON Lines of texts, and of texts with the ids that a reference gives.</summary>
internal sealed class JsonLinesTarget : FuzzTarget
{
    public override string Name => "json-lines";

    public override string Extension => ".jsonl";

    public override long FixedBytes => 2 << 20;

    public override IReadOnlyList<IMutator> Mutators { get; } = [new JsonMutator(), new TextMutator()];

    public override void Run(string path)
    {
        foreach (int length in JsonLines.Read(path, "a string 'text'", (_, text, _) => text.Length))
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length);
        }

        foreach (ExpectedTokens line in ExpectedTokens.Read(path))
        {
            _ = (line.Text.Length, line.Detok?.Length);
        }
    }

    protected override IReadOnlyList<byte[]> MakeCorpus() =>
    [
        """
        {"text":"a b","ids":[1,2],"ids_special":[0,1,2],"detok":"a b"}

        {"text":"Zo\u00eb \ud83e\udd99\n","ids":[],"other":{"a":[1,{"b":null}]}}
        {"text":""}
        """u8.ToArray(),
    ];
}
