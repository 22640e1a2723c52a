"""How every public part of Keras is used once: a model made of it is what crosses the wall in a test."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

VECTOR, SERIES, IMAGE, VOLUME = (8,), (8, 4), (8, 8, 3), (6, 6, 6, 2)


def numbers(shape: tuple[int, ...], batch: int = 2) -> np.ndarray:
    """Numbers between 0.1 and 0.9, all of them different."""
    return np.linspace(0.1, 0.9, batch * int(np.prod(shape)), dtype="float32").reshape(batch, *shape)


# What Keras' functional models cannot hold, whoever rebuilds them.
UNUSABLE = {
    "AdaptiveAveragePool": "Keras cannot read the configuration that it writes: a list in place of a tuple",
    "AdaptiveMaxPool": "Keras cannot read the configuration that it writes: a list in place of a tuple",
    "ConvTranspose": "Keras' operation takes its padding for its output padding",
    "Equalization": "Keras finds a cycle where it is a part of a functional model",
    "Histogram": "Keras' function is not there for TensorFlow",
    "ViewAsComplex": "Keras' function fails for every float in TensorFlow",
}


def each(names: str, **arguments: Any) -> dict[str, dict[str, Any]]:
    """The same arguments for several layers."""
    return dict.fromkeys(names.split(), arguments)


# Layers: what each is made with, by the shape of what it takes.

ONE_INPUT: dict[tuple[int, ...], dict[str, dict[str, Any]]] = {
    VECTOR: {
        "Activation": {"activation": "tanh"},
        "CategoryEncoding": {"num_tokens": 3},
        "Dense": {"units": 3},
        "Discretization": {"bin_boundaries": [0.3, 0.6]},
        "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 5},
        "Embedding": {"input_dim": 5, "output_dim": 3},
        "Normalization": {"mean": [0.5] * 8, "variance": [2.0] * 8},
        "RepeatVector": {"n": 3},
        "Rescaling": {"scale": 0.5},
        "Reshape": {"target_shape": (4, 2)},
        "ReversibleEmbedding": {"input_dim": 5, "output_dim": 3},
        **each("AlphaDropout Dropout GaussianDropout", rate=0.5),
        "GaussianNoise": {"stddev": 0.5},
        **each("ActivityRegularization BatchNormalization ELU Identity LayerNormalization"),
        **each("LeakyReLU PReLU RMSNormalization ReLU Softmax UnitNormalization"),
    },
    SERIES: {
        **each("AdaptiveAveragePooling1D AdaptiveMaxPooling1D", output_size=2),
        **each("AveragePooling1D MaxPooling1D", pool_size=2),
        **each("Conv1D Conv1DTranspose SeparableConv1D", filters=3, kernel_size=2),
        "DepthwiseConv1D": {"kernel_size": 2},
        **each("GRU LSTM SimpleRNN", units=3),
        "Permute": {"dims": (2, 1)},
        "SpatialDropout1D": {"rate": 0.5},
        **each("Cropping1D Flatten GlobalAveragePooling1D GlobalMaxPooling1D Masking"),
        **each("UpSampling1D ZeroPadding1D"),
    },
    (512,): {"MelSpectrogram": {"fft_length": 64}},
    (512, 1): {"STFTSpectrogram": {}},
    (3, 8, 2): {"ConvLSTM1D": {"filters": 2, "kernel_size": 2}},
    (3, 8, 8, 2): {"ConvLSTM2D": {"filters": 2, "kernel_size": 2}},
    (3, 4, 4, 4, 2): {"ConvLSTM3D": {"filters": 2, "kernel_size": 2}},
    IMAGE: {
        **each("AdaptiveAveragePooling2D AdaptiveMaxPooling2D", output_size=2),
        **each("AveragePooling2D MaxPooling2D", pool_size=2),
        **each("Conv2D Conv2DTranspose SeparableConv2D", filters=3, kernel_size=2),
        "DepthwiseConv2D": {"kernel_size": 2},
        **each("CenterCrop RandomCrop Resizing", height=4, width=4),
        "GroupNormalization": {"groups": 3},
        "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.2},
        "RandomZoom": {"height_factor": 0.2},
        "SpatialDropout2D": {"rate": 0.5},
        **each("RandomBrightness RandomColorDegeneration RandomContrast RandomHue", factor=0.2),
        "RandomPosterization": {"factor": 4},
        **each("RandomRotation RandomSaturation RandomSharpness", factor=0.2),
        **each("AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization Cropping2D"),
        **each("CutMix Equalization GlobalAveragePooling2D GlobalMaxPooling2D MixUp"),
        **each("RandAugment RandomColorJitter RandomElasticTransform RandomErasing"),
        **each("RandomFlip RandomGaussianBlur RandomGrayscale RandomInvert"),
        **each("RandomPerspective RandomShear Solarization UpSampling2D ZeroPadding2D"),
    },
    VOLUME: {
        **each("AdaptiveAveragePooling3D AdaptiveMaxPooling3D", output_size=2),
        **each("AveragePooling3D MaxPooling3D", pool_size=2),
        **each("Conv3D Conv3DTranspose", filters=3, kernel_size=2),
        "SpatialDropout3D": {"rate": 0.5},
        **each("Cropping3D GlobalAveragePooling3D GlobalMaxPooling3D"),
        **each("UpSampling3D ZeroPadding3D"),
    },
}
LISTS = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
OTHER_LAYERS: dict[str, tuple[Any, ...]] = {
    **{name: (lambda x, y, name=name: getattr(layers, name)()([x, y]), VECTOR, VECTOR) for name in LISTS},
    "Dot": (lambda x, y: layers.Dot(axes=-1)([x, y]), VECTOR, VECTOR),
    "Attention": (lambda x, y: layers.Attention()([x, y]), SERIES, SERIES),
    "AdditiveAttention": (lambda x, y: layers.AdditiveAttention()([x, y]), SERIES, SERIES),
    "MultiHeadAttention": (lambda x, y: layers.MultiHeadAttention(2, 3)(x, y), SERIES, SERIES),
    "GroupedQueryAttention": (lambda x, y: layers.GroupQueryAttention(3, 2, 1)(x, y), SERIES, SERIES),
    "InputLayer": (lambda x: layers.Dense(2)(x), VECTOR),
    "RNN": (lambda x: layers.RNN(layers.LSTMCell(3))(x), SERIES),
    "LSTMCell": (lambda x: layers.RNN(layers.LSTMCell(3))(x), SERIES),
    "GRUCell": (lambda x: layers.RNN(layers.GRUCell(3))(x), SERIES),
    "SimpleRNNCell": (lambda x: layers.RNN(layers.SimpleRNNCell(3))(x), SERIES),
    "StackedRNNCells": (lambda x: layers.RNN([layers.GRUCell(3), layers.GRUCell(2)])(x), SERIES),
    "Bidirectional": (lambda x: layers.Bidirectional(layers.LSTM(3))(x), SERIES),
    "TimeDistributed": (lambda x: layers.TimeDistributed(layers.Dense(3))(x), SERIES),
    "SpectralNormalization": (lambda x: layers.SpectralNormalization(layers.Dense(3))(x), VECTOR),
    "Pipeline": (lambda x: layers.Pipeline([layers.Rescaling(2.0), layers.Rescaling(0.1)])(x), IMAGE),
    "MaxNumBoundingBoxes": (lambda x: layers.MaxNumBoundingBoxes(3, bounding_box_format="xyxy")(x), IMAGE),
}


def layer(name: str) -> tuple[Any, ...] | None:
    """Return what makes symbolic outputs by the layer `name`, and the shapes of its inputs."""
    for shape, known in ONE_INPUT.items():
        if name in known:
            made = getattr(layers, name)(**known[name])
            return made, shape
    return OTHER_LAYERS.get(name)


# Initializers, regularizers, losses and so on: what each is made with, where its own defaults do not do.

ARGUMENTS: dict[str, dict[str, Any]] = {
    "Constant": {"value": 0.5},
    "MeanIoU": {"num_classes": 3},
    "IoU": {"num_classes": 3, "target_class_ids": [1]},
    "BinaryIoU": {},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [1]},
    "OneHotMeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 10},
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [10], "values": [0.1, 0.2]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
}


# Operations. One that is not here takes one tensor like A, or two.

A = numbers((6,), 3)
SQUARE = np.eye(3, dtype="float32") + 0.1 * numbers((3, 3), 2)
LINE = np.linspace(0.1, 0.9, 6, dtype="float32")
WHOLE = np.arange(18, dtype="int32").reshape(3, 6)
SEVERAL = numbers(SERIES)
PICTURE = numbers(IMAGE)
CORNERS = np.array([[0, 0], [0, 7], [7, 0], [7, 7]], dtype="float32")


def of(module: str, name: str) -> Any:
    """Return a class of operations, of which Keras has no function."""
    return getattr(importlib.import_module(f"keras.src.{module}"), name)


def whole(x: Any) -> Any:
    return ops.cast(x, "int32")


OPERATIONS: dict[str, tuple[Any, ...]] = {
    # keras.src.activations
    "Mish": (lambda x: of("activations.activations", "Mish")()(x), A),
    "ReLU": (lambda x: keras.activations.relu(x, negative_slope=0.1), A),
    # core
    "Cast": (lambda x: whole(x), A),
    "SaturateCast": (lambda x: ops.saturate_cast(x, "uint8"), A),
    "Scatter": (lambda x: ops.scatter([[0], [2]], x[0, :2], (4,)), A),
    "ScatterUpdate": (lambda x: ops.scatter_update(x, [[0, 1]], [5.0]), A),
    "Slice": (lambda x: ops.slice(x, (0, 1), (2, 3)), A),
    "SliceUpdate": (lambda x: ops.slice_update(x, (0, 1), np.ones((1, 2), "float32")), A),
    "Unstack": (lambda x: ops.unstack(x, axis=1), A),
    "Rearrange": (lambda x: ops.rearrange(x[0], "h w c -> c h w"), PICTURE),
    # image
    "AffineTransform": (lambda x: ops.image.affine_transform(x, np.eye(3, dtype="float32").ravel()[:8]), PICTURE),
    "CropImages": (lambda x: ops.image.crop_images(x, 1, 1, target_height=4, target_width=4), PICTURE),
    "ElasticTransform": (lambda x: ops.image.elastic_transform(x, seed=1), PICTURE),
    "ExtractPatches": (lambda x: ops.image.extract_patches(x, 4), PICTURE),
    "GaussianBlur": (lambda x: ops.image.gaussian_blur(x), PICTURE),
    "HSVToRGB": (lambda x: ops.image.hsv_to_rgb(x), PICTURE),
    "MapCoordinates": (lambda x: ops.image.map_coordinates(x, np.ones((2, 4), "float32"), order=1), A),
    "PadImages": (lambda x: ops.image.pad_images(x, 1, 1, 1, 1), PICTURE),
    "PerspectiveTransform": (lambda x: ops.image.perspective_transform(x[0], CORNERS, CORNERS + 1), PICTURE),
    "RGBToGrayscale": (lambda x: ops.image.rgb_to_grayscale(x), PICTURE),
    "RGBToHSV": (lambda x: ops.image.rgb_to_hsv(x), PICTURE),
    "Resize": (lambda x: ops.image.resize(x, (4, 5)), PICTURE),
    "SSIM": (lambda x, y: ops.image.ssim(x, y, filter_size=3), PICTURE, PICTURE**2),
    "ScaleAndTranslate": (
        lambda x: ops.image.scale_and_translate(x, (2, 4, 4, 3), [0.5, 0.5], [0.0, 0.0], (1, 2), "linear"),
        PICTURE,
    ),
    "SobelEdges": (lambda x: ops.image.sobel_edges(x), PICTURE),
    # linalg
    **{
        name: (lambda x, name=name: getattr(ops.linalg, name.lower())(x), SQUARE)
        for name in ("Cholesky", "Det", "Eig", "Eigh", "Inv", "Qr", "SVD")
    },
    "CholeskyInverse": (lambda x: ops.linalg.cholesky_inverse(x), SQUARE),
    "LuFactor": (lambda x: ops.linalg.lu_factor(x[0]), SQUARE),
    "Logdet": (lambda x: ops.logdet(x), SQUARE),
    "Slogdet": (lambda x: ops.slogdet(x), SQUARE),
    "Solve": (lambda x, y: ops.solve(x, y), SQUARE, SQUARE),
    "SolveTriangular": (lambda x, y: ops.solve_triangular(x, y), SQUARE, SQUARE),
    # math
    "ExtractSequences": (lambda x: ops.extract_sequences(x, 3, 2), A),
    "FFT": (lambda x: ops.fft((x, 0 * x)), A),
    "FFT2": (lambda x: ops.fft2((x, 0 * x)), SQUARE),
    "IFFT2": (lambda x: ops.ifft2((x, 0 * x)), SQUARE),
    "IRFFT": (lambda x: ops.irfft((x, 0 * x)), A),
    "STFT": (lambda x: ops.stft(x, 4, 2, 4), A),
    "ISTFT": (lambda x: ops.istft(ops.stft(x, 4, 2, 4), 4, 2, 4), A),
    "InTopK": (lambda x: ops.in_top_k(whole(x[:, 0]), x, 2), A),
    **{
        f"Segment{kind}": (lambda x, kind=kind: FUNCTIONS[f"segment{kind}".lower()](x, np.array([0, 0, 1]), 2), A)
        for kind in ("Max", "Min", "Prod", "Sum")
    },
    "TopK": (lambda x: ops.top_k(x, 2), A),
    "ViewAsReal": (lambda x: ops.view_as_real(ops.cast(x, "complex64")), A),
    # nn
    "AveragePool": (lambda x: ops.average_pool(x, 2), PICTURE),
    "BatchNorm": (lambda x: ops.batch_normalization(x, LINE, LINE, -1), A),
    "CTCDecode": (lambda x: ops.ctc_decode(x, np.full(2, 8, "int32")), SEVERAL),
    "CTCLoss": (
        lambda x: ops.ctc_loss(whole(x[:, :2, 0]) + 1, x, whole(x[:, 0, 0]) + 2, whole(x[:, 0, 0]) + 8),
        SEVERAL,
    ),
    "Conv": (lambda x: ops.conv(x, numbers((2, 3, 4), 2)), PICTURE),
    "DepthToSpace": (lambda x: ops.depth_to_space(x, 2), numbers((2, 2, 4))),
    "DepthwiseConv": (lambda x: ops.depthwise_conv(x, numbers((2, 3, 1), 2)), PICTURE),
    "DotProductAttention": (lambda x, y: ops.dot_product_attention(x, y, y), numbers((4, 2, 3)), numbers((4, 2, 3))),
    "Fold": (lambda x: ops.nn.fold(x, (4, 4), 2, stride=2), numbers((12, 4))),
    "LayerNorm": (lambda x: ops.layer_normalization(x, LINE, LINE), A),
    "MaxPool": (lambda x: ops.max_pool(x, 2), PICTURE),
    "Moments": (lambda x: ops.moments(x, axes=[1]), A),
    "MultiHot": (lambda x: ops.multi_hot(x, 18), WHOLE),
    "OneHot": (lambda x: ops.one_hot(x, 18), WHOLE),
    "PSNR": (lambda x, y: ops.psnr(x, y, 1.0), A, A**2),
    "RMSNorm": (lambda x: ops.rms_normalization(x, LINE), A),
    "SeparableConv": (lambda x: ops.separable_conv(x, numbers((2, 3, 1), 2), numbers((1, 3, 4), 1)), PICTURE),
    "SpaceToDepth": (lambda x: ops.space_to_depth(x, 2), PICTURE),
    "SparseCategoricalCrossentropy": (
        lambda x: ops.sparse_categorical_crossentropy(whole(x[:, 0]), x),
        A,
    ),
    "Threshold": (lambda x: ops.threshold(x, 0.5, 0.0), A),
    "Unfold": (lambda x: ops.nn.unfold(x, 2), numbers((3, 4, 4))),
    # numpy
    "Abs": (lambda x: of("ops.numpy", "Abs")()(x), A),
    "Conj": (lambda x: of("ops.numpy", "Conj")()(x), A),
    "Argpartition": (lambda x: ops.argpartition(x, 2), A),
    "ArraySplit": (lambda x: ops.array_split(x, 4, axis=1), A),
    **{
        name: (lambda x, y, snake=snake: getattr(ops, snake)(x, y), WHOLE, WHOLE % 5)
        for name, snake in {
            **{"BitwiseAnd": "bitwise_and", "BitwiseOr": "bitwise_or", "BitwiseXor": "bitwise_xor", "Gcd": "gcd"},
            **{"BitwiseLeftShift": "bitwise_left_shift", "BitwiseRightShift": "bitwise_right_shift", "Lcm": "lcm"},
            **{"LeftShift": "left_shift", "RightShift": "right_shift"},
        }.items()
    },
    "BitwiseInvert": (lambda x: ops.bitwise_invert(x), WHOLE),
    "BitwiseNot": (lambda x: ops.bitwise_not(x), WHOLE),
    "BroadcastTo": (lambda x: ops.broadcast_to(x, (4, 3, 6)), A),
    "Clip": (lambda x: ops.clip(x, 0.2, 0.5), A),
    "Concatenate": (lambda x, y: ops.concatenate([x, y], axis=1), A, A),
    "Correlate": (lambda x: ops.correlate(x[0], LINE), A),
    "Cross": (lambda x: ops.cross(x, x**2), numbers((3,))),
    "Digitize": (lambda x: ops.digitize(x, LINE), A),
    "Dot": (lambda x: ops.dot(x, numbers((2,), 6)), A),
    "Dsplit": (lambda x: ops.dsplit(x, 2), numbers((3, 4))),
    "Dstack": (lambda x, y: ops.dstack([x, y]), A, A),
    "Einsum": (lambda x, y: ops.einsum("ij,ij->i", x, y), A, A),
    "ExpandDims": (lambda x: ops.expand_dims(x, 1), A),
    "Full": (lambda x: of("ops.numpy", "Full")((2, 3))(x[0, 0]), A),
    "GetItem": (lambda x: x[:, 1:4], A),
    "Hsplit": (lambda x: ops.hsplit(x, 2), A),
    "Hstack": (lambda x, y: ops.hstack([x, y]), A, A),
    "Ldexp": (lambda x, y: ops.ldexp(x, y), A, WHOLE),
    "Matmul": (lambda x: ops.matmul(x, numbers((2,), 6)), A),
    "Meshgrid": (lambda x, y: ops.meshgrid(x[0], y[0]), A, A),
    "Moveaxis": (lambda x: ops.moveaxis(x, 0, 1), A),
    "Pad": (lambda x: ops.pad(x, ((0, 0), (1, 1))), A),
    "Repeat": (lambda x: ops.repeat(x, 2, axis=1), A),
    "Reshape": (lambda x: ops.reshape(x, (-1, 2)), A),
    "Roll": (lambda x: ops.roll(x, 1, axis=1), A),
    "SearchSorted": (lambda x: ops.searchsorted(x[0], LINE), A),
    "Select": (lambda x, y: ops.select([x > y], [x], 0.5), A, A[::-1].copy()),
    "Split": (lambda x: ops.split(x, 3, axis=1), A),
    "Stack": (lambda x, y: ops.stack([x, y]), A, A),
    "Swapaxes": (lambda x: ops.swapaxes(x, 0, 1), A),
    "Take": (lambda x: ops.take(x, [0, 2], axis=1), A),
    "TakeAlongAxis": (lambda x: ops.take_along_axis(x, np.zeros((3, 1), "int32"), axis=1), A),
    "Tile": (lambda x: ops.tile(x, (1, 2)), A),
    "UnravelIndex": (lambda x: ops.unravel_index(x, (4, 5)), WHOLE),
    "Vander": (lambda x: ops.vander(ops.reshape(x, (-1,)), 3), A),
    "Vsplit": (lambda x: ops.vsplit(ops.reshape(x, (6, 3)), 2), A),
    "Vstack": (lambda x, y: ops.vstack([x, y]), A, A),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name.replace("_", "").lower(): getattr(ops, name) for name in dir(ops) if callable(getattr(ops, name))
}


def operation(name: str) -> tuple[Any, ...] | None:
    """Return what makes symbolic outputs by the operation `name`, and its inputs."""
    if name in OPERATIONS:
        return OPERATIONS[name]
    function = FUNCTIONS.get(name.lower())
    if function is None:
        return None
    try:
        function(keras.KerasTensor((3, 6)))
        return function, A
    except TypeError:
        return function, A, A
