using System.Text.Json;

namespace Tessera.Tokenizer.Bpe;

/// <summary>The part of a <c>tokenizer.json</c> that says which tokens go before and after a text.</summary>
internal sealed class TokenizerJsonTemplate(JsonElement root, string source)
{
    /// <summary>The tokens that a prompt begins and ends with; -1 where there is none.</summary>
    /// <param name="idOf">A token's id by its text, or -1.</param>
    public (int Begin, int End) Read(Func<string, int> idOf)
    {
        if (!root.TryGetProperty("post_processor", out JsonElement processor) || processor.ValueKind == JsonValueKind.Null)
        {
            return (-1, -1);
        }

        JsonElement[] all = processor.TryGetProperty("processors", out JsonElement several) ? [.. several.EnumerateArray()] : [processor];
        foreach (JsonElement one in all)
        {
            switch (one.GetProperty("type").GetString())
            {
                case "ByteLevel":
                    break;
                case "TemplateProcessing":
                    return ReadTemplate([.. one.GetProperty("single").EnumerateArray()], idOf);
                case var other:
                    throw Error($"post-processor '{other}'");
            }
        }

        return (-1, -1);
    }

    private (int Begin, int End) ReadTemplate(JsonElement[] parts, Func<string, int> idOf)
    {
        int text = Array.FindIndex(parts, part => part.TryGetProperty("Sequence", out _));
        return text is 0 or 1 && parts.Length - text is 1 or 2
            ? (text == 1 ? Id(parts[0]) : -1, parts.Length - text == 2 ? Id(parts[^1]) : -1)
            : throw Error("template, which puts more than one token before or after a text,");

        int Id(JsonElement part) => idOf(part.GetProperty("SpecialToken").GetProperty("id").GetString()!) is >= 0 and int id ? id : throw Error("template, which names a token that there is not,");
    }

    private TesseraException Error(string what) => new($"{source}: its {what} is not supported.");
}
