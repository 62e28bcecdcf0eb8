using System.Runtime.InteropServices;
using Company.Plugin;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

if (args is not [string input, string output])
{
    Console.Error.WriteLine("usage: convert INPUT.gguf OUTPUT.gguf");
    return 1;
}

PluginCatalog plugins = PluginCatalog.Load(new PluginOptions(), NullLoggerFactory.Instance);
using GgufFile model = GgufFile.Open(input);
var writer = new GgufWriter();
foreach (string key in model.Metadata.Keys)
{
    _ = model.Metadata.TryGetValue(key, out GgufValue? value);
    writer.Set(key, value!);
}

// Matrices whose rows are whole blocks go into the new format, all else becomes F32.
var toy = new Toy4Format();
BlockGeometry block = toy.Block;
foreach (GgufTensor tensor in model.Tensors)
{
    float[] values = Read(tensor);
    if (tensor.Dimensions.Count == 2 && tensor.Dimensions[0] % block.Elements == 0)
    {
        var blocks = new byte[values.Length / block.Elements * block.Bytes];
        toy.Quantize(values, [], blocks);
        writer.AddTensor(tensor.Name, (GgmlType)Toy4Format.Type, [.. tensor.Dimensions], blocks);
    }
    else
    {
        writer.AddTensor(tensor.Name, GgmlType.F32, [.. tensor.Dimensions], MemoryMarshal.AsBytes<float>(values).ToArray());
    }
}

using FileStream file = File.Create(output);
writer.WriteTo(file);
return 0;

unsafe float[] Read(GgufTensor tensor)
{
    if (!plugins.TryGetQuantFormat(tensor.Type, out PluginPart<IQuantFormat>? format))
    {
        throw tensor.Error($"no plugin serves {tensor.Type}");
    }

    var values = new float[tensor.Elements];
    format.Value.Dequantize(new ReadOnlySpan<byte>(model.DataOf(tensor), checked((int)tensor.ByteLength(format.Value.Block))), values);
    return values;
}
