namespace Tessera.Tokenizer.Bpe;

/// <summary>The part of a <c>tokenizer.json</c> that says which tokens go before and after a text.</summary>
internal sealed class TokenizerJsonTemplate(JsonPlace root)
{
    /// <summary>The tokens that a prompt begins and ends with; -1 where there is none.</summary>
    /// <param name="idOf">A token's id by its text, or -1.</param>
    public (int Begin, int End) Read(Func<string, int> idOf)
    {
        if (root.Find("post_processor") is not { } processor)
        {
            return (-1, -1);
        }

        foreach (JsonPlace one in processor.Find("processors")?.Items() ?? [processor])
        {
            switch (one.Member("type").Text)
            {
                case "ByteLevel":
                    break;
                case "TemplateProcessing":
                    return ReadTemplate(one.Member("single"), idOf);
                case var other:
                    throw one.Error($"the post-processor '{JsonPlace.Shorten(other)}' is not supported");
            }
        }

        return (-1, -1);
    }

    private static (int Begin, int End) ReadTemplate(JsonPlace template, Func<string, int> idOf)
    {
        JsonPlace[] parts = [.. template.Items().Take(4)];
        int text = Array.FindIndex(parts, part => part.Find("Sequence") is not null);
        return text is 0 or 1 && parts.Length - text is 1 or 2
            ? (text == 1 ? Id(parts[0]) : -1, parts.Length - text == 2 ? Id(parts[^1]) : -1)
            : throw template.Error("more than one token before or after a text is not supported");

        int Id(JsonPlace part)
        {
            JsonPlace id = part.Member("SpecialToken").Member("id");
            return idOf(id.Text) is >= 0 and int token ? token : throw id.Error("there is no such token");
        }
    }
}
