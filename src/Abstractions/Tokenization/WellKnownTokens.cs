namespace Tessera.Tokenization;

/// <summary>
/// Roles that models give by a token's text alone. Files often state neither the role nor the right type, so the reference
/// (llama.cpp, <c>llama-vocab.cpp</c>) goes by these names, and so does this.
/// </summary>
internal sealed class WellKnownTokens(Func<string, int> find, TokenType[] types)
{
    private static readonly string[] EndOfTurn =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]",
        "<｜end▁of▁sentence｜>", "<end_of_utterance>",
    ];

    private static readonly string[] EndOfGeneration =
    [
        .. EndOfTurn, "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "</s>", "<|eom_id|>", "[EOS]", "<eos>", "<turn|>", "<|tool_response>", "[e~[",
    ];

    /// <summary>Fills in the roles that the file does not state. A token with such a role becomes a control token.</summary>
    public SpecialTokens CompleteRoles(SpecialTokens special) => special with
    {
        EndOfTurn = Find(special.EndOfTurn, EndOfTurn),
        EndOfMessage = Find(special.EndOfMessage, "<|eom_id|>"),
        FimPrefix = Find(
            special.FimPrefix, "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>", "<|prefix|>"),
        FimSuffix = Find(
            special.FimSuffix, "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>", "<|suffix|>"),
        FimMiddle = Find(
            special.FimMiddle, "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>", "<|middle|>"),
        FimPadding = Find(special.FimPadding, "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"),
        FimRepository = Find(special.FimRepository, "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"),
        FimFileSeparator = Find(special.FimFileSeparator, "<|file_sep|>"),
    };

    /// <summary>The tokens that end generation; those known by name become control tokens.</summary>
    public HashSet<int> FindEndOfGeneration(SpecialTokens special)
    {
        HashSet<int> ends = [special.FimPadding, special.FimRepository, special.FimFileSeparator, special.Eos, special.EndOfTurn, special.EndOfMessage];
        foreach (string name in EndOfGeneration)
        {
            int id = find(name);
            ends.Add(id);
            SetType(id, TokenType.Control);
        }

        ends.Remove(-1);

        // The channels of gpt-oss: shown to the user and recognized always.
        foreach (string name in (string[])["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"])
        {
            SetType(find(name), TokenType.UserDefined);
        }

        bool Ends(string name) => ends.Contains(find(name));

        // gpt-oss and Solar end a message part, not the answer, with <|end|>; Gemma 4 has a </s> without a meaning.
        if (Ends("<|end|>") && (Ends("<|call|>") || Ends("<|calls|>")) && (Ends("<|return|>") || Ends("<|flush|>")))
        {
            ends.Remove(find("<|end|>"));
            SetType(find("<|end|>"), TokenType.UserDefined);
        }

        if (Ends("<|tool_response>") && Ends("</s>"))
        {
            ends.Remove(find("</s>"));
            SetType(find("</s>"), TokenType.Normal);
        }

        return ends;
    }

    private int Find(int stated, params ReadOnlySpan<string> names)
    {
        if (stated >= 0)
        {
            return stated;
        }

        foreach (string name in names)
        {
            if (find(name) is >= 0 and int id)
            {
                SetType(id, TokenType.Control);
                return id;
            }
        }

        return -1;
    }

    private void SetType(int id, TokenType type)
    {
        if (id >= 0)
        {
            types[id] = type;
        }
    }
}
