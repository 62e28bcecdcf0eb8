using System.Runtime.Intrinsics;

namespace Tessera.Compute.Operations;

internal readonly unsafe struct F32Element : IKvElement
{
    public static int Bytes => sizeof(float);

    public static Vector256<float> Load(byte* values, int index) => Vector256.Load((float*)values + index);

    public static float LoadScalar(byte* values, int index) => ((float*)values)[index];
}
