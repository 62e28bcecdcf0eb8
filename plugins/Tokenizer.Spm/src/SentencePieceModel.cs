using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm;

/// <summary>
/// A SentencePiece <c>tokenizer.model</c> (<c>sentencepiece_model.proto</c>): <c>pieces</c> 1 (text 1, score 2, type 3), <c>trainer_spec</c> 2 (model type 3,
/// ids of unknown, BOS and EOS 40 to 42), <c>normalizer_spec</c> 3 (compiled map 2, dummy prefix 3, extra spaces removed 4, spaces escaped 5). The types of
/// pieces have the numbers that GGUF took over.
/// </summary>
internal sealed class SentencePieceModel
{
    private const ulong Unigram = 1;
    private const ulong Bpe = 2;

    private readonly List<ReadOnlyMemory<byte>> _texts = [];
    private readonly List<TokenType> _types = [];
    private readonly List<float> _scores = [];

    // The defaults are the format's.
    private ulong _modelType = Unigram;
    private int _unknown;
    private int _bos = 1;
    private int _eos = 2;
    private bool _hasMap;
    private bool _addsPrefix = true;
    private bool _removesSpaces = true;
    private bool _escapesSpaces = true;

    private SentencePieceModel()
    {
    }

    /// <summary>Reads a model; null for anything else.</summary>
    public static SentencePieceModel? TryParse(ReadOnlySpan<byte> content)
    {
        var model = new SentencePieceModel();
        var reader = new ProtobufReader(content);
        bool damaged = false;
        while (reader.Read())
        {
            damaged |= reader.Field switch
            {
                1 => !model.ReadPiece(reader.Bytes),
                2 => !model.ReadTrainer(reader.Bytes),
                3 => !model.ReadNormalizer(reader.Bytes),
                _ => false,
            };
        }

        return damaged || reader.IsDamaged || model._texts.Count == 0 ? null : model;
    }

    /// <summary>The first thing in it that no model has, or null.</summary>
    public string? Flaw { get; private set; }

    /// <summary>What it asks for that merging by score does not do, or null.</summary>
    public string? WhyNot() =>
        _modelType == Unigram ? "its model is a unigram model, whose tokens are found otherwise; only BPE is supported"
        : _modelType != Bpe ? $"its model type {_modelType} is not supported; only BPE ({Bpe}) is"
        : _hasMap ? "its normalizer changes characters by a map, which is not supported"
        : _removesSpaces ? "its normalizer removes extra spaces, which is not supported"
        : !_escapesSpaces ? "it does not escape spaces, which is not supported"
        : null;

    /// <summary>The vocabulary, with what the model's metadata says about roles where a piece does not tell.</summary>
    public Vocabulary ToVocabulary(IGgufMetadata metadata)
    {
        int Id(int id) => (uint)id < (uint)_texts.Count ? id : -1;
        int bos = Id(_bos);
        int eos = Id(metadata.GetTokenId("tokenizer.ggml.eos_token_id", _eos));
        return new Vocabulary([.. _texts], [.. _types], [.. _scores], new SpecialTokens
        {
            Bos = bos,
            Eos = eos,
            Unknown = Id(_unknown),
            Padding = Id(metadata.GetTokenId("tokenizer.ggml.padding_token_id")),
            AddBos = bos >= 0 && metadata.GetBoolean("tokenizer.ggml.add_bos_token", true),
            AddEos = eos >= 0 && metadata.GetBoolean("tokenizer.ggml.add_eos_token", false),
            AddSpacePrefix = _addsPrefix,
        });
    }

    private bool ReadPiece(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        byte[] text = [];
        float score = 0;
        ulong type = (ulong)TokenType.Normal;
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.Bytes.ToArray();
                    break;
                case 2:
                    score = reader.Single;
                    break;
                case 3:
                    type = reader.Integer;
                    break;
                default:
                    break;
            }
        }

        Flaw ??= text.Length == 0 ? $"its piece {_texts.Count} has no text"
            : !float.IsFinite(score) ? $"the score of its piece {_texts.Count} is no finite number"
            : type is < (ulong)TokenType.Normal or > (ulong)TokenType.Byte ? $"its piece {_texts.Count} has the type {type}, which does not exist"
            : null;
        _texts.Add(text);
        _scores.Add(score);
        _types.Add((TokenType)type);
        return !reader.IsDamaged;
    }

    // -1 is none, and so is whatever is no id.
    private static int IdOf(ulong value) => value <= int.MaxValue ? (int)value : -1;

    private bool ReadTrainer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 3:
                    _modelType = reader.Integer;
                    break;
                case 40:
                    _unknown = IdOf(reader.Integer);
                    break;
                case 41:
                    _bos = IdOf(reader.Integer);
                    break;
                case 42:
                    _eos = IdOf(reader.Integer);
                    break;
                default:
                    break;
            }
        }

        return !reader.IsDamaged;
    }

    private bool ReadNormalizer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 2:
                    _hasMap = !reader.Bytes.IsEmpty;
                    break;
                case 3:
                    _addsPrefix = reader.Integer != 0;
                    break;
                case 4:
                    _removesSpaces = reader.Integer != 0;
                    break;
                case 5:
                    _escapesSpaces = reader.Integer != 0;
                    break;
                default:
                    break;
            }
        }

        return !reader.IsDamaged;
    }
}
