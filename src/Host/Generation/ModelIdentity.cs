using System.Buffers.Binary;
using System.Security.Cryptography;
using Tessera.Gguf;
using Tessera.Numerics;

namespace Tessera.Generation;

/// <summary>
/// What tells a model, wherever its file lies: SHA-256 of the numerics, of the headers of all parts, and of each tensor's first bytes, which tell weights
/// apart whose names and shapes are alike.
/// </summary>
internal static unsafe class ModelIdentity
{
    private const int BytesOfTensor = 64;

    public static byte[] Of(GgufModelFile file, NumericsMode numerics)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, (int)numerics);
        hash.AppendData(number);
        foreach (GgufFile part in file.Parts)
        {
            hash.AppendData(part.Header);
            foreach (GgufTensor tensor in part.Tensors)
            {
                hash.AppendData(new ReadOnlySpan<byte>(part.DataOf(tensor), (int)Math.Min(BytesOfTensor, part.Length - tensor.Offset)));
            }
        }

        return hash.GetHashAndReset();
    }
}
