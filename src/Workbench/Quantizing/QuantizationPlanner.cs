using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Guards;
using Tessera.Loading;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Workbench.Quantizing.Mixes;

namespace Tessera.Workbench.Quantizing;

/// <summary>
/// Decides what each tensor of a model becomes: what was asked for by name, else the mix, else, where rows do not divide, what the format recommends.
/// </summary>
internal sealed class QuantizationPlanner
{
    private readonly PluginCatalog _plugins;
    private readonly ModelParts _parts;
    private readonly GgufModelFile _file;
    private readonly QuantizationOptions _options;
    private readonly bool _isTied;
    private readonly (TensorTypeRule Rule, GgmlType Type)[] _rules;
    private readonly GgmlType? _outputType;
    private readonly GgmlType? _tokenEmbeddingType;
    private readonly HashSet<TensorTypeRule> _unused;
    private readonly MixChooser _mix;

    public QuantizationPlanner(PluginCatalog plugins, GgufModelFile file, QuantizationOptions options)
    {
        _plugins = plugins;
        _parts = new ModelParts(plugins);
        _file = file;
        _options = options;
        var model = ModelTraits.Of(file, options.Importance is not null);
        _isTied = model.IsTied;
        _rules = [.. options.TensorTypes.Select(rule => (rule, TypeOf(rule.Type)))];
        _unused = [.. options.TensorTypes];
        _outputType = options.OutputType is { } output ? TypeOf(output) : null;
        _tokenEmbeddingType = options.TokenEmbeddingType is { } embedding ? TypeOf(embedding) : null;
        Mix = QuantizationMixes.Find(options.Type) ?? MixOf(TypeOf(options.Type));
        _mix = new MixChooser(Mix, model, Fits);
    }

    public QuantizationMix Mix { get; }

    public QuantizationPlan Plan()
    {
        _parts.CheckTensors(_file);
        TensorConversion[] tensors = [.. _file.Tensors.Values.OrderBy(tensor => tensor.Name, TensorNames.FileOrder).Select(Convert)];
        return _unused.Count == 0
            ? new QuantizationPlan(Mix.Name, tensors)
            : throw new TesseraException($"{_file.Name}: no matrix is named '{_unused.First().Pattern}'; a pattern is about whole names: '*.attn_v.weight'.");
    }

    private TensorConversion Convert(GgufTensor tensor)
    {
        GuardedFormat format = _parts.FindFormat(tensor);
        GgmlType wanted = Choose(tensor);
        GgmlType type = wanted == tensor.Type ? wanted : Fit(tensor, wanted);
        string? insteadOf = type == wanted ? null : NameOf(wanted);
        if (type == tensor.Type)
        {
            return new TensorConversion(tensor, format, type, null, insteadOf, default);
        }

        if (format.Block.Elements > 1 && !_options.AllowRequantize)
        {
            throw tensor.Error(
                $"it is quantized already ({format.Part.Names[0]}), and a second time would add to the error: quantize from F32, F16 or BF16, "
                + "or allow it (--allow-requantize)");
        }

        return new TensorConversion(tensor, format, type, _parts.FindQuantizer(tensor, type), insteadOf, ImportanceOf(tensor));
    }

    private GgmlType Choose(GgufTensor tensor)
    {
        if (!TensorNames.IsQuantized(tensor))
        {
            return tensor.Type;
        }

        TensorRole role = TensorNames.RoleOf(tensor.Name);
        int rule = Array.FindIndex(_rules, rule => rule.Rule.Matches(tensor.Name));
        if (rule >= 0)
        {
            _unused.Remove(_rules[rule].Rule);
        }

        return role switch
        {
            TensorRole.Output when _options.KeepOutput => tensor.Type,
            TensorRole.Output when _outputType is { } output => output,
            TensorRole.TokenEmbedding when _tokenEmbeddingType is { } embedding => embedding,
            _ when rule >= 0 => _rules[rule].Type,
            _ when _options.Pure => Mix.Type,
            TensorRole.TokenEmbedding when _isTied && _outputType is { } output => output,
            _ => _mix.Choose(tensor.Name, tensor.Dimensions[0]),
        };
    }

    /// <summary>The type itself where the tensor's rows are whole blocks of it, or what its format recommends, in the end F16.</summary>
    private GgmlType Fit(GgufTensor tensor, GgmlType type)
    {
        var tried = new HashSet<GgmlType>();
        while (type != GgmlType.F16 && !Fits(tensor.Dimensions[0], type))
        {
            type = tried.Add(type) ? _parts.FindQuantizer(tensor, type).Fallback ?? GgmlType.F16 : GgmlType.F16;
        }

        return type;
    }

    /// <summary>A format that no plugin serves fits everything: it is an error when a tensor is to become it.</summary>
    private bool Fits(long columns, GgmlType type) =>
        !_plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) || columns % format.Value.Block.Elements == 0;

    /// <summary>A mix in which all matrices get one type.</summary>
    private QuantizationMix MixOf(GgmlType type) => new(NameOf(type), null, type);

    private string NameOf(GgmlType type) => _plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) ? format.Names[0] : type.ToString();

    private ReadOnlyMemory<float> ImportanceOf(GgufTensor tensor)
    {
        if (_options.Importance?.Find(tensor.Name) is not { } values)
        {
            return default;
        }

        long columns = tensor.Dimensions[0];
        long matrices = tensor.Elements / columns / (tensor.Dimensions.Count > 1 ? tensor.Dimensions[1] : 1);
        return values.Length == columns * matrices ? values
            : TensorNames.RoleOf(tensor.Name) == TensorRole.TokenEmbedding
                ? default(ReadOnlyMemory<float>) // looked up, not multiplied with: what a file says of it means nothing
            : throw new GgufException(
                _options.Importance.Name, $"tensor '{tensor.Name}'", -1,
                $"it has {values.Length} values, the tensor in {_file.Name} has {matrices} x {columns} columns");
    }

    /// <exception cref="TesseraException">Nobody knows such a format.</exception>
    private GgmlType TypeOf(string name) =>
        _plugins.FindQuantFormat(name)
        ?? Enum.GetValues<GgmlType>().Cast<GgmlType?>().FirstOrDefault(known => name.Equals($"{known}", StringComparison.OrdinalIgnoreCase))
        ?? throw new TesseraException(
            $"There is no type '{name}'. The mixes are {string.Join(", ", QuantizationMixes.All.Select(mix => mix.Name))}; the formats that plugins serve are "
            + $"{string.Join(", ", _plugins.QuantFormats.Select(part => part.Names[0]).Distinct().Order(StringComparer.Ordinal))}.");
}
