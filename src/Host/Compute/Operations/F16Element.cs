using System.Runtime.Intrinsics;

namespace Tessera.Compute.Operations;

internal readonly unsafe struct F16Element : IKvElement
{
    public static int Bytes => sizeof(ushort);

    public static Vector256<float> Load(byte* values, int index) => HalfVectors.Load((ushort*)values + index);

    public static float LoadScalar(byte* values, int index) => (float)BitConverter.UInt16BitsToHalf(((ushort*)values)[index]);
}
